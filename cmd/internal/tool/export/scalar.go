package export

import (
	"encoding/binary"
	"fmt"
	"math"

	"github.com/parquet-go/parquet-go"

	"github.com/tributary-hq/tributary/cmd/internal/tool/contract"
	"github.com/tributary-hq/tributary/schemas/schema"
)

// compileScalar plans a scalar: reads it by the writer's type and converts it to the column's.
func compileScalar(w *schema.Schema, t *target) (step, error) {
	read, err := scalarReader(w)
	if err != nil {
		return nil, err
	}
	if t == nil {
		return func(r *row, _ int) { read(r) }, nil
	}
	convert, ok := conversions(w)[t.kind]
	if !ok {
		return nil, fmt.Errorf("a %s %s where the column is a %s", w.Kind, w.Logical, t.kind)
	}
	return func(r *row, rep int) {
		if v := read(r); !r.failed {
			r.add(t, rep, convert(r, v))
		}
	}, nil
}

// scalar is a value as written: number or bytes.
type scalar struct {
	long   int64
	double float64
	bytes  []byte
}

func scalarReader(w *schema.Schema) (func(*row) scalar, error) {
	const floatSize, doubleSize = 4, 8
	switch w.Kind {
	case schema.Boolean:
		return func(r *row) scalar {
			b := r.take(1)
			if r.failed || b[0] > 1 {
				r.failed = true
				return scalar{}
			}
			return scalar{long: int64(b[0])}
		}, nil
	case schema.Int, schema.Long:
		return func(r *row) scalar { v := r.long(); return scalar{long: v, double: float64(v)} }, nil
	case schema.Float:
		return func(r *row) scalar {
			if b := r.take(floatSize); !r.failed {
				return scalar{double: float64(math.Float32frombits(binary.LittleEndian.Uint32(b)))}
			}
			return scalar{}
		}, nil
	case schema.Double:
		return func(r *row) scalar {
			if b := r.take(doubleSize); !r.failed {
				return scalar{double: math.Float64frombits(binary.LittleEndian.Uint64(b))}
			}
			return scalar{}
		}, nil
	case schema.String, schema.Bytes:
		return func(r *row) scalar { return scalar{bytes: r.take(r.long())} }, nil
	case schema.Fixed:
		return func(r *row) scalar { return scalar{bytes: r.take(int64(w.Size))} }, nil
	case schema.Enum:
		return func(r *row) scalar {
			i := r.long()
			if i < 0 || i >= int64(len(w.Symbols)) {
				r.failed = true
				return scalar{}
			}
			return scalar{bytes: []byte(w.Symbols[i])}
		}, nil
	default:
		return nil, fmt.Errorf("a %s cannot be read", w.Kind)
	}
}

type conversion func(*row, scalar) parquet.Value

// conversions are the columns that a writer's type can go to: its own and those that Avro
// promotes it to.
func conversions(w *schema.Schema) map[contract.Kind]conversion {
	toInt := func(_ *row, v scalar) parquet.Value { return parquet.Int32Value(int32(v.long)) } //nolint:gosec // an Avro int has 32 bits
	toLong := func(_ *row, v scalar) parquet.Value { return parquet.Int64Value(v.long) }
	toFloat := func(_ *row, v scalar) parquet.Value { return parquet.FloatValue(float32(v.double)) }
	toDouble := func(_ *row, v scalar) parquet.Value { return parquet.DoubleValue(v.double) }
	toBytes := func(_ *row, v scalar) parquet.Value { return parquet.ByteArrayValue(v.bytes) }
	all := map[contract.Kind]conversion{}
	switch w.Kind {
	case schema.Boolean:
		all[contract.Boolean] = func(_ *row, v scalar) parquet.Value { return parquet.BooleanValue(v.long == 1) }
	case schema.Int:
		all[contract.Int], all[contract.Date] = toInt, toInt
		all[contract.Long], all[contract.Float], all[contract.Double] = toLong, toFloat, toDouble
	case schema.Long:
		all[contract.Long], all[contract.Timestamp] = toLong, toLong
		all[contract.Float], all[contract.Double] = toFloat, toDouble
	case schema.Float, schema.Double:
		all[contract.Float], all[contract.Double] = toFloat, toDouble
	case schema.Bytes, schema.Fixed:
		all[contract.Bytes], all[contract.Decimal] = toBytes, toDecimal
		all[contract.String] = toBytes
	case schema.String, schema.Enum:
		all[contract.String], all[contract.Bytes] = toBytes, toBytes
	default:
	}
	return all
}

// toDecimal converts two's complement, big-endian, to a number of 64 bits.
func toDecimal(r *row, v scalar) parquet.Value {
	const most = 8
	if len(v.bytes) > most {
		r.failed = true
		return parquet.Int64Value(0)
	}
	var n int64
	if len(v.bytes) > 0 && v.bytes[0] >= 0x80 {
		n = -1
	}
	for _, b := range v.bytes {
		n = n<<8 | int64(b)
	}
	return parquet.Int64Value(n)
}
