package voximplant

import (
	"time"

	"github.com/tributary-hq/tributary/processor/entity"
	"github.com/tributary-hq/tributary/schemas/avro"
)

// apply merges a callback that is not a repeat into the account.
func (a *Account) apply(cb *callback) {
	d := &cb.decoded
	now := version{by: cb.sequence, at: cb.envelope.ReceivedAt}
	a.facts++
	a.first = earlier(a.first, now.at)
	a.assurance = entity.Weaker(a.assurance, d.Origin.Assurance)
	if a.versions[registerLast].update(now) {
		a.source, a.providerID, a.lastType, a.lastID = cb.envelope.Source, d.ProviderID, d.Type, d.CallbackID
	}
	if d.Balance.Set && a.versions[registerBalance].update(now) {
		a.balance = d.Balance.Value
	}
	if d.Currency.Set && a.versions[registerCurrency].update(now) {
		a.currency = d.Currency.Value
	}
	if d.Type == typeFrozen || d.Type == typeUnfrozen {
		a.frozen.report(d.Type == typeFrozen, now)
	}
	if d.A2PSMSActivated.Value.A2PEnabled.Set && a.versions[registerA2P].update(now) {
		a.a2p = d.A2PSMSActivated.Value.A2PEnabled.Value
	}
	a.applyMoney(d, now)
	a.applyDocuments(d, now)
	a.applySubscriptions(cb, now)
	a.applyTelephony(cb, now)
}

func (a *Account) applyMoney(d *avro.VoximplantAccountCallback, now version) {
	for i, reported := range map[int]bool{
		registerMinBalance:  d.MinBalance.Set,
		registerPaid:        d.CardPayment.Set || d.RobokassaPayment.Set || d.WireTransfer.Set,
		registerPaidByCard:  d.CardPayment.Set,
		registerCardFailed:  d.Type == typeCardFailed,
		registerCardExpired: d.Type == typeCardExpired,
		registerCardExpires: d.Type == typeCardExpires,
		registerRenewed:     d.RenewedSubscriptions.Set,
	} {
		if reported {
			a.versions[i].update(now)
		}
	}
	if alert := &d.NextChargeAlert; alert.Set && a.versions[registerNextCharge].update(now) {
		a.required, a.lacking = alert.Value.RequiredMoney, alert.Value.InsufficientFundsAmount
	}
}

func (a *Account) applyDocuments(d *avro.VoximplantAccountCallback, now version) {
	for _, status := range []avro.Optional[string]{
		d.AccountDocumentVerified.Value.AccountDocumentStatusRaw, d.AccountDocumentStatusUpdated.Value.AccountDocumentStatusRaw,
	} {
		if status.Set && a.versions[registerDocument].update(now) {
			a.documentStatus = status.Value
		}
	}
	for _, day := range []avro.Optional[time.Time]{d.ExpiringAgreement.Value.ExpirationDate, d.RestoredAgreementStatus.Value.ExpirationDate} {
		if day.Set && a.versions[registerAgreement].update(now) {
			a.agreementDay = day.Value
		}
	}
	documents := &a.lists[listDocuments]
	if d.ExpiredAgreement.Set {
		a.versions[registerAgreementEnded].update(now)
	}
	for _, id := range d.ExpiredAgreement.Value.DocumentIDs {
		documents.put(&item{version: now, id: id, on: true})
	}
	if id := d.RestoredAgreementStatus.Value.DocumentID; id.Set {
		documents.put(&item{version: now, id: id.Value})
	}
	for expired, list := range map[bool][]avro.VoximplantCertificate{
		true: d.ExpiredCertificates.Value.Certificates, false: d.ExpiringCertificates.Value.Certificates,
	} {
		for i := range list {
			if c := &list[i]; c.PushCredentialID.Set {
				a.lists[listCertificates].put(&item{version: now, id: c.PushCredentialID.Value, on: expired, day: c.ExpirationDate.Value})
			}
		}
	}
	for _, address := range []struct {
		id     avro.Optional[int64]
		status avro.Optional[string]
	}{
		{d.RegulationAddressVerified.Value.RegulationAddressID, d.RegulationAddressVerified.Value.RegulationAddressStatusRaw},
		{
			d.RegulationAddressDocumentsRequested.Value.RegulationAddressID,
			d.RegulationAddressDocumentsRequested.Value.RegulationAddressStatusRaw,
		},
	} {
		if address.id.Set {
			a.lists[listAddresses].put(&item{version: now, id: address.id.Value, status: address.status.Value})
		}
	}
	if id := d.RegulationAddressUploaded.Value.RegulationAddressID; id.Set {
		// An upload has no status, so it does not replace one.
		a.lists[listAddresses].put(&item{id: id.Value})
	}
}

func (a *Account) applySubscriptions(cb *callback, now version) {
	d := &cb.decoded
	for state, reported := range map[string]*avro.Optional[avro.VoximplantSubscriptions]{
		"renewed": &d.RenewedSubscriptions, "frozen": &d.SubscriptionIsFrozen, "detached": &d.SubscriptionIsDetached,
		"unverified_detached": &d.UnverifiedSubscriptionDetached,
	} {
		for i := range reported.Value.Subscriptions {
			s := &reported.Value.Subscriptions[i]
			a.lists[listSubscriptions].put(&item{
				version: now, kind: s.TypeRaw.Value, name: cb.names[i], status: state, amount: s.Cost, day: s.NextRenewal.Value,
			})
		}
	}
}

func (a *Account) applyTelephony(cb *callback, now version) {
	d := &cb.decoded
	sip := &a.lists[listSIP]
	for _, f := range d.SIPRegistrationFail.Value.SIPRegistrations {
		if f.SIPRegistrationID.Set {
			sip.report(&item{version: now, id: f.SIPRegistrationID.Value, on: true, status: f.StatusCode.Value, text: f.ErrorMessage.Value})
		}
	}
	for _, f := range d.SIPRegistrationRecovered.Value.SIPRegistrations {
		if f.SIPRegistrationID.Set {
			sip.report(&item{version: now, id: f.SIPRegistrationID.Value})
		}
	}
	for i, phone := range d.ExpiringCallerID.Value.CallerIDs {
		a.lists[listCallerIDs].put(&item{version: now, name: cb.numbers[i], phone: phone, day: d.ExpiringCallerID.Value.ExpirationDate.Value})
	}
}
