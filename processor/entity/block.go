package entity

import (
	"github.com/tributary-hq/tributary/processor/block"
	"github.com/tributary-hq/tributary/schemas/avro"
)

// WithBlock returns a phone with the block that may be shown of it.
func WithBlock(phone avro.Phone, decision *block.Decision) avro.Phone {
	phone.Block, phone.BlockAsOf = Text(decision.Block()), TimeOf(decision.AsOf)
	return phone
}
