package feed

import (
	"context"
	"errors"
	"maps"
	"sync"
	"time"

	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/tributary-hq/tributary/schemas"
	"github.com/tributary-hq/tributary/schemas/avro"
	"github.com/tributary-hq/tributary/schemas/wire"
)

// moneyRow is one addend: a row of the funnel topic, a verification, or the payments of a journey.
type moneyRow struct {
	at               time.Time
	country, channel string
	source           string
	funnel           Funnel
}

// maxMoney bounds the rows kept in memory.
const maxMoney = 300_000

// MoneyRows are the rows that reports are made of. They are changed by each read.
type MoneyRows struct {
	feed *Feed
	// window is the size of the funnel's rows, days how many days before today they begin.
	window avro.FunnelWindow
	days   int
	// entities: verifications and journeys are read, too, for lists and if there are no insights.
	entities bool

	mu      sync.Mutex
	since   time.Time
	next    map[string]map[int32]int64
	funnel  map[string]moneyRow
	rows    map[string]moneyRow
	notPaid map[string]NotPaid
	full    bool
}

func (m *MoneyRows) reset() {
	m.next, m.full = map[string]map[int32]int64{}, false
	m.funnel, m.rows, m.notPaid = map[string]moneyRow{}, map[string]moneyRow{}, map[string]NotPaid{}
}

const day = 24 * time.Hour

func (m *MoneyRows) read(ctx context.Context) (*MoneyRows, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.next == nil {
		m.reset()
	}
	m.since = m.feed.Now().UTC().Truncate(day).Add(-time.Duration(m.days) * day)
	takes := map[string]func(*kgo.Record){schemas.InsightsFunnel: m.takeFunnel}
	if m.entities {
		takes[schemas.EnrichedVerifications], takes[schemas.EnrichedJourneys] = m.takeVerification, m.takeJourney
	}
	for topic, take := range takes {
		if m.next[topic] == nil {
			m.next[topic] = map[int32]int64{}
		}
		err := m.feed.follow(ctx, m.feed.config.Names.Topic(topic), m.next[topic], m.since, func(r *kgo.Record) error {
			take(r)
			return nil
		})
		if err != nil {
			m.reset()
			return nil, err
		}
	}
	m.expire()
	return m, nil
}

// expire removes the rows of days that are too old.
func (m *MoneyRows) expire() {
	for _, rows := range []map[string]moneyRow{m.funnel, m.rows} {
		maps.DeleteFunc(rows, func(_ string, r moneyRow) bool { return r.at.Before(m.since) })
	}
	maps.DeleteFunc(m.notPaid, func(_ string, n NotPaid) bool { return n.OrderedAt.Before(m.since) })
}

// body returns the Avro body of a record, nil for a tombstone or a value that is none.
func body(r *kgo.Record) []byte {
	_, body, err := wire.Parse(r.Value)
	if err != nil {
		return nil
	}
	return body
}

// set keeps a row; without room it notes that the numbers are too small.
func (m *MoneyRows) set(rows map[string]moneyRow, key string, row moneyRow) {
	if _, known := rows[key]; !known && len(rows) >= maxMoney {
		m.full = true
		return
	}
	rows[key] = row
}

var errSkip = errors.New("skip")

func decode(r *kgo.Record, into avro.Record) error {
	b := body(r)
	if b == nil {
		return errSkip
	}
	return into.DecodeAvro(b)
}

func (m *MoneyRows) takeFunnel(r *kgo.Record) {
	var v avro.FunnelRow
	if decode(r, &v) != nil {
		delete(m.funnel, string(r.Key))
		return
	}
	if v.Window != m.window || v.Level != avro.FunnelLevelCountry {
		return
	}
	row := moneyRow{at: v.WindowStart, country: v.Country.Value, channel: string(v.Channel.Value), source: v.Source}
	row.funnel = Funnel{Requested: v.Requested, Sent: v.Sent, Delivered: v.Delivered, Verified: v.Verified, Paid: v.Paid, CostUnknown: v.CostUnknown}
	for i := range v.Costs {
		row.funnel.Cost = put(row.funnel.Cost, v.Costs[i].Currency.Value, v.Costs[i].CostMinor)
	}
	for i := range v.Revenue {
		row.funnel.Revenue = put(row.funnel.Revenue, v.Revenue[i].Currency, v.Revenue[i].NetMinor)
	}
	m.set(m.funnel, string(r.Key), row)
}

func (m *MoneyRows) takeVerification(r *kgo.Record) {
	key := "v/" + string(r.Key)
	var v avro.VerificationSnapshot
	if decode(r, &v) != nil {
		delete(m.rows, key)
		return
	}
	row := moneyRow{at: v.CreatedAt, country: v.Country.Value, channel: string(v.FirstChannel.Value), source: v.Source, funnel: Funnel{Requested: 1}}
	if v.FirstChannel.Set {
		row.funnel.Sent = 1
	}
	delivered := v.DeliveredChannel.Set
	for i := range v.Attempts {
		delivered = delivered || v.Attempts[i].Status == avro.AttemptStatusSuccess
	}
	if delivered {
		row.funnel.Delivered = 1
	}
	if v.Outcome == avro.VerificationOutcomeSuccess {
		row.funnel.Verified = 1
	}
	if v.CostMinor.Set {
		row.funnel.Cost = put(row.funnel.Cost, v.Currency.Value, v.CostMinor.Value)
	} else {
		row.funnel.CostUnknown = 1
	}
	m.set(m.rows, key, row)
}

func (m *MoneyRows) takeJourney(r *kgo.Record) {
	key := "j/" + string(r.Key)
	var v avro.JourneySnapshot
	if decode(r, &v) != nil {
		delete(m.rows, key)
		delete(m.notPaid, key)
		return
	}
	row := moneyRow{at: v.CreatedAt, country: v.Country.Value, channel: string(v.FirstChannel.Value), source: v.VerificationSource.Value}
	if v.EverPaid {
		row.funnel.Paid = 1
		row.funnel.Revenue = put(row.funnel.Revenue, v.Currency.Value, v.NetMinor.Value)
	}
	m.set(m.rows, key, row)
	delete(m.notPaid, key)
	if v.Outcome == avro.JourneyOutcomeVerifiedNotPaid && len(m.notPaid) < maxMoney {
		m.notPaid[key] = NotPaid{
			Journey: v.JourneyID, Country: v.Country.Value, Channel: string(v.DeliveredChannel.Value), OrderedAt: v.CreatedAt, VerifiedAt: v.VerifiedAt.Value, Deadline: v.Deadline.Value,
			CostMinor: v.CostMinor.Value, Currency: v.CostCurrency.Value, first: string(v.FirstChannel.Value), source: v.VerificationSource.Value,
		}
	}
}
