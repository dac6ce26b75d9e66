package processor_test

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"github.com/tributary-hq/tributary/processor"
	"github.com/tributary-hq/tributary/processor/privacy"
	"github.com/tributary-hq/tributary/processor/processortest"
	"github.com/tributary-hq/tributary/processor/stage"
	"github.com/tributary-hq/tributary/schemas"
	"github.com/tributary-hq/tributary/schemas/avro"
	"github.com/tributary-hq/tributary/schemas/raw"
	"github.com/tributary-hq/tributary/schemas/wire"
)

// dialled are the numbers of a test, by the body of the raw record.
type dialled map[string]string

// companyNumber is a number of the company itself.
const companyNumber = "+442079460000"

// add adds a verification of a number by LOX24 or Unibell, or an SMS from it to LOX24 or
// Voximplant.
func (d dialled) add(h *history, n int, number string) {
	switch n % 5 {
	case 0:
		h.add(schemas.RawUnibell, fmt.Sprint("unibell:shop-unibell:call-", n), raw.Envelope{
			Assurance: raw.AssuranceSharedSecret, ReceivedAt: noon(time.Duration(n) * time.Second), Kind: raw.KindRelayRequest, RequestID: fmt.Sprint("call-", n),
		}, object{"reference": fmt.Sprint("call-", n), "sourceAddr": number, "destAddr": companyNumber, "code": "4321"})
	case 1:
		h.add(schemas.RawLOX24, "lox24:"+uuid(n), raw.Envelope{Assurance: raw.AssuranceSharedSecret, ReceivedAt: noon(time.Second)}, object{
			"id": fmt.Sprint("event-", n), "api_version": "2022-05-25", "name": "sms.incoming", "created_at": noon(0).Unix(),
			"data": object{"id": uuid(n), "from": number, "to": companyNumber, "text": "hello"},
		})
	case 2:
		h.add(schemas.RawVoximplant, "voximplant:7", raw.Envelope{Assurance: raw.AssuranceSignedID, ReceivedAt: noon(time.Second)}, object{
			"account_id": 7, "callback_id": n + 1, "hash": "x", "type": "sms_inbound",
			"sms_inbound": object{"source_number": number, "destination_number": companyNumber, "sms_body": "hello"},
		})
	default:
		h.plantLOX24(n, object{"id": fmt.Sprint("event-", n)}, object{"id": uuid(n), "phone": number})
	}
	d[string(h.records[len(h.records)-1].Value)] = number
}

// phoneOf returns the key of the entity of an output, and the phone of a person in it. The
// phones of the company in it must have no block.
func phoneOf(tb testing.TB, o *stage.Output) (key string, phone avro.Phone, found bool) {
	tb.Helper()
	record, _ := avro.New(o.Topic)
	_, body, err := wire.Parse(o.Value)
	if err == nil && record != nil {
		err = record.DecodeAvro(body)
	}
	if err != nil {
		tb.Fatal(err)
	}
	switch r := record.(type) {
	case *avro.LOX24VerifyCode:
		return r.VerificationID, r.Phone.Value, true
	case *avro.UnibellCall:
		mustBeTheCompanys(tb, r.DestAddr)
		return r.VerificationID.Value, r.SourceAddr.Value, true
	case *avro.LOX24SMS:
		mustBeTheCompanys(tb, r.To)
		return r.MessageID, r.From.Value, true
	case *avro.VoximplantAccountCallback:
		mustBeTheCompanys(tb, r.SMSInbound.Value.DestinationNumber)
		return r.EventID, r.SMSInbound.Value.SourceNumber.Value, true
	case *avro.VerificationSnapshot:
		return r.VerificationID, r.Phone.Value, true
	case *avro.DeliveryAttempt:
		return r.VerificationID, avro.Phone{NumberType: r.NumberType, Carrier: r.Carrier, Block: r.Block, BlockAsOf: r.BlockAsOf}, true
	default:
		return "", phone, false
	}
}

func mustBeTheCompanys(tb testing.TB, phone avro.Optional[avro.Phone]) {
	tb.Helper()
	if p := &phone.Value; p.Country.Value != "GB" || p.Block.Set || p.BlockAsOf.Set {
		tb.Errorf("a phone of the company: %+v", phone)
	}
}

// TestBlocksHideNumbers: in every order of numbers no record has more of a number than a
// beginning that K different numbers have that came before, without the last four digits; all
// records of an entity have the same; and when all of them are erased, no number is left
// in any state.
func TestBlocksHideNumbers(t *testing.T) {
	t.Parallel()
	const k = 4
	for seed := range uint64(20) {
		random := rand.New(rand.NewPCG(seed, 0))
		d := depsOf(t)
		var err error
		d.Privacy, err = privacy.New(privacy.Config{Keys: []privacy.Key{{ID: "k1", Secret: []byte("0123456789abcdef0123456789abcdef")}}, BlockK: k})
		if err != nil {
			t.Fatal(err)
		}
		memory, err := processortest.NewMemory(processor.DefaultConfig(), d, 2)
		if err != nil {
			t.Fatal(err)
		}
		numbers, h := dialled{}, &history{}
		for n := range 90 {
			numbers.add(h, n, fmt.Sprintf("+38050%d%02d%04d", random.IntN(2), random.IntN(3), 9000+random.IntN(20)))
		}
		random.Shuffle(len(h.records), func(i, j int) { h.records[i], h.records[j] = h.records[j], h.records[i] })
		seen, shown := map[string]bool{}, map[string]avro.Phone{}
		given := 0
		for i := range h.records {
			number := numbers[string(h.records[i].Value)]
			seen[number] = true
			outputs, err := memory.Feed(h.records[i])
			if err != nil {
				t.Fatal(err)
			}
			for j := range outputs {
				o := &outputs[j]
				// Not even a digit more than the block, in internal topics neither.
				if most := number[1 : len(number)-3]; strings.Contains(string(o.Key)+string(o.Value)+fmt.Sprint(o.Headers), most) {
					t.Errorf("seed %d: more of %s than its block left in %s", seed, number, o.Topic)
				}
				key, phone, found := phoneOf(t, o)
				if !found {
					continue
				}
				if was, met := shown[key]; met && (was.Block != phone.Block || was.BlockAsOf != phone.BlockAsOf) {
					t.Errorf("seed %d: %s has the block %v in %s, and %v in another record of %s", seed, number, phone.Block, o.Topic, was.Block, key)
				}
				shown[key] = phone
				if !phone.BlockAsOf.Set || phone.NumberType.Value != avro.NumberTypeMobile || phone.Carrier.Value != "Vodafone" {
					t.Errorf("seed %d: phone %+v in %s", seed, phone, o.Topic)
				}
				if !phone.Block.Set {
					continue
				}
				given++
				distinct := 0
				for other := range seen {
					if strings.HasPrefix(other, phone.Block.Value) {
						distinct++
					}
				}
				if distinct < k || !strings.HasPrefix(number[:len(number)-4], phone.Block.Value) {
					t.Errorf("seed %d: block %s of %s in %s after %d numbers of it", seed, phone.Block.Value, number, o.Topic, distinct)
				}
			}
		}
		if given < 100 {
			t.Errorf("seed %d: only %d records have a block", seed, given)
		}
		forgetAll(t, memory, h)
	}
}

func forgetAll(t *testing.T, memory *processortest.Memory, h *history) {
	t.Helper()
	if dump := memory.Stage(processor.StageLOX24).Dump(0); !strings.Contains(dump, `"block +38050`) {
		t.Fatal("the state has no blocks")
	}
	for i := range h.records {
		if _, err := memory.Feed(erasureOf(t, &h.records[i])); err != nil {
			t.Fatal(err)
		}
	}
	for _, name := range processor.StageNames() {
		// A person is no entity of the stage voximplant: the numbers end with their retention.
		for partition := range int32(2) {
			if dump := memory.Stage(name).Dump(partition); name != processor.StageVoximplant && strings.Contains(dump, "block +") {
				t.Errorf("numbers are left in the state of %s:\n%s", name, dump)
			}
		}
	}
}
