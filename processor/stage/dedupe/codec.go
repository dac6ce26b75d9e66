package dedupe

import (
	"bytes"

	"github.com/tributary-hq/tributary/processor/stage/state"
	"github.com/tributary-hq/tributary/processor/statecodec"
)

// windowVersion is the format of Codec.
const windowVersion = 1

// Codec returns the codec of a Window that is the value of a typed table.
func Codec() state.Codec[Window] {
	return state.Codec[Window]{
		Append: func(dst []byte, w Window) ([]byte, error) {
			return w.AppendTo(append(dst, windowVersion)), nil
		},
		Parse: func(src []byte) (w Window, err error) {
			r, _ := statecodec.NewReader(bytes.Clone(src), windowVersion)
			w.ReadFrom(r)
			return w, r.Done()
		},
	}
}
