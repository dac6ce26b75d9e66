package entity

import (
	"github.com/tributary-hq/tributary/processor/block"
	"github.com/tributary-hq/tributary/schemas/avro"
)

// WithBlock returns a phone with the block that may be shown of it.
func WithBlock(phone avro.Phone, place *block.Place) avro.Phone {
	phone.Block, phone.BlockAsOf = Text(place.Block()), TimeOf(place.AsOf)
	return phone
}
