package voximplant

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"github.com/tributary-hq/tributary/processor/entity"
	"github.com/tributary-hq/tributary/processor/money"
	"github.com/tributary-hq/tributary/schemas/avro"
	"github.com/tributary-hq/tributary/schemas/raw"
)

// month is the time after which a payment by card must be with a new card, if the old
// one was reported to expire within a month.
const month = 31 * 24 * time.Hour

// snapshot returns the account's snapshot without processing time and cause of the
// change.
func (s *Stage) snapshot(id string, a *Account) avro.AccountSnapshot {
	m, currency := &a.versions, money.Currency(a.currency)
	at := func(i int) avro.Optional[time.Time] { return entity.Time(m[i].at) }
	out := avro.AccountSnapshot{
		AccountID: id, ProviderID: a.providerID, Provider: raw.ProviderVoximplant, Source: a.source,
		Frozen: a.frozen.on, FrozenChangedAt: entity.Time(a.frozen.first().at), Currency: entity.Text(currency), BelowMinBalance: m[registerMinBalance].after(&m[registerPaid]), MinBalanceAt: at(registerMinBalance),
		CardFailed: m[registerCardFailed].after(&m[registerPaidByCard]), CardExpired: m[registerCardExpired].after(&m[registerPaidByCard]),
		CardExpiresInMonth: a.cardExpires(), LastPaymentAt: at(registerPaid),
		AgreementExpiration: entity.Time(a.agreementDay), AgreementExpired: m[registerAgreementEnded].after(&m[registerAgreement]),
		DocumentStatusRaw: entity.Text(a.documentStatus), DocumentStatus: documentStatus(a.documentStatus),
		A2PSMSEnabled:    avro.Optional[bool]{Value: a.a2p, Set: m[registerA2P].isSet()},
		LastCallbackType: entity.Text(a.lastType), LastCallbackID: entity.Text(a.lastID),
		Revision: a.revision, Facts: a.facts, FirstEventAt: entity.Time(a.first), LastEventAt: at(registerLast), Assurance: a.assurance,
	}
	if m[registerBalance].isSet() {
		out.BalanceMinor = avro.Some(money.Minor(a.balance, currency))
	}
	// A payment or a successful charge ends the alert.
	if m[registerNextCharge].after(&m[registerPaid], &m[registerRenewed]) {
		out.RequiredMinor, out.InsufficientFundsMinor = money.OptionalMinor(a.required, currency), money.OptionalMinor(a.lacking, currency)
	}
	a.showDocuments(&out)
	a.showTelephony(&out)
	a.showSubscriptions(&out, currency, s.sources.Find(a.source, raw.ProviderVoximplant).Exposes("name"))
	return out
}

// cardExpires reports whether the card is about to expire: until it has expired, or
// until a payment that only a new card can have made.
func (a *Account) cardExpires() bool {
	expires, paid := &a.versions[registerCardExpires], &a.versions[registerPaidByCard]
	replaced := paid.after(expires) && paid.at.Sub(expires.at) > month
	return expires.after(&a.versions[registerCardExpired]) && !replaced
}

func (a *Account) showDocuments(out *avro.AccountSnapshot) {
	out.ExpiredDocumentIDs = []int64{}
	for _, i := range a.lists[listDocuments].sorted() {
		if i.on {
			out.ExpiredDocumentIDs = append(out.ExpiredDocumentIDs, i.id)
		}
	}
	out.Certificates = []avro.AccountCertificate{}
	for _, i := range a.lists[listCertificates].sorted() {
		out.Certificates = append(out.Certificates, avro.AccountCertificate{PushCredentialID: i.id, ExpirationDate: entity.Time(i.day), Expired: i.on})
	}
	out.RegulationAddresses = []avro.AccountRegulationAddress{}
	for _, i := range a.lists[listAddresses].sorted() {
		out.RegulationAddresses = append(out.RegulationAddresses, avro.AccountRegulationAddress{
			RegulationAddressID: i.id, StatusRaw: entity.Text(i.status), Status: addressStatus(i.status),
		})
	}
}

func (a *Account) showTelephony(out *avro.AccountSnapshot) {
	out.FailingSIPRegistrations = []avro.AccountSIPRegistration{}
	for _, i := range a.lists[listSIP].sorted() {
		if i.on {
			out.FailingSIPRegistrations = append(out.FailingSIPRegistrations, avro.AccountSIPRegistration{
				SIPRegistrationID: i.id, StatusCode: entity.Text(i.status), ErrorMessage: entity.Text(i.text), Since: entity.Time(i.failure.first().at),
			})
		}
	}
	out.ExpiringCallerIDs = []avro.AccountCallerID{}
	for _, i := range a.lists[listCallerIDs].sorted() {
		out.ExpiringCallerIDs = append(out.ExpiringCallerIDs, avro.AccountCallerID{Phone: i.phone, ExpirationDate: entity.Time(i.day)})
	}
}

func (a *Account) showSubscriptions(out *avro.AccountSnapshot, currency string, named bool) {
	out.Subscriptions = []avro.AccountSubscription{}
	for _, i := range a.lists[listSubscriptions].sorted() {
		s := avro.AccountSubscription{
			TypeRaw: entity.Text(i.kind), Type: subscriptionType(i.kind), CostMinor: money.OptionalMinor(i.amount, currency),
			NextRenewal: entity.Time(i.day), State: entity.Text(i.status),
		}
		if named {
			s.Name = entity.Text(i.name)
		}
		out.Subscriptions = append(out.Subscriptions, s)
	}
}

// sorted returns the items by id; those without one by day, kind and name.
func (l *items) sorted() items {
	list := slices.Clone(*l)
	slices.SortFunc(list, func(a, b item) int {
		return cmp.Or(cmp.Compare(a.id, b.id), a.day.Compare(b.day), strings.Compare(a.kind, b.kind), strings.Compare(a.name, b.name))
	})
	return list
}
