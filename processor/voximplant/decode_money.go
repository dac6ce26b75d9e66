package voximplant

import "github.com/tributary-hq/tributary/schemas/avro"

func (r *reader) report(p *avro.VoximplantHistoryReport) {
	r.object(func(key string) bool {
		switch key {
		case "history_report_id":
			r.id(&p.HistoryReportID)
		case "success":
			r.flag(&p.Success)
		case "order_date":
			r.timestamp(&p.OrderDate)
		default:
			return false
		}
		return true
	})
}

func (r *reader) transaction(p *avro.VoximplantTransaction) {
	r.object(func(key string) bool {
		switch key {
		case "transaction_id":
			r.id(&p.TransactionID)
		case "transaction_type":
			r.text(&p.TransactionType)
		case "amount":
			r.money(&p.Amount)
		default:
			return false
		}
		return true
	})
}

func (r *reader) minBalance(p *avro.VoximplantMinBalance) {
	r.object(func(key string) bool {
		switch key {
		case "is_min_credit":
			r.flag(&p.IsMinCredit)
		case "is_repeated":
			r.flag(&p.IsRepeated)
		default:
			return false
		}
		return true
	})
}

func (r *reader) nextCharge(p *avro.VoximplantNextChargeAlert) {
	r.object(func(key string) bool {
		switch key {
		case "required_money":
			r.money(&p.RequiredMoney)
		case "insufficient_funds_amount":
			r.money(&p.InsufficientFundsAmount)
		default:
			return false
		}
		return true
	})
}

func (r *reader) invoice(p *avro.VoximplantInvoiceReceived) {
	r.object(func(key string) bool {
		switch key {
		case "invoice_id":
			r.id(&p.InvoiceID)
		case "invoice_date":
			r.timestamp(&p.InvoiceDate)
		case "receival_date":
			r.timestamp(&p.ReceivalDate)
		case "amount":
			r.money(&p.Amount)
		case "tax_amount":
			r.money(&p.TaxAmount)
		case "currency":
			r.text(&p.Currency)
		default:
			return false
		}
		return true
	})
}

func (r *reader) subscriptions(p *avro.VoximplantSubscriptions) {
	r.object(func(key string) bool {
		if key != "subscriptions" {
			return false
		}
		p.Subscriptions = list(r, (*reader).subscription)
		return true
	})
}

func (r *reader) subscription(p *avro.VoximplantSubscription) {
	name := ""
	r.object(func(key string) bool {
		switch key {
		case "type":
			r.text(&p.TypeRaw)
		case "name":
			var text avro.Optional[string]
			r.text(&text)
			name = text.Value
			p.Name = avro.Optional[string]{Value: name, Set: name != "" && r.cb.source.Exposes(key)}
		case "cost":
			r.money(&p.Cost)
		case "next_renewal":
			r.date(&p.NextRenewal)
		case "details":
			p.Details = list(r, (*reader).detail)
		default:
			return false
		}
		return true
	})
	if !p.Name.Set {
		p.Name.Value = ""
	}
	p.Type = subscriptionType(p.TypeRaw.Value)
	r.status(p.TypeRaw.Value, p.Type != avro.SubscriptionTypeUnknown)
	r.cb.names = append(r.cb.names, name)
}

func (r *reader) detail(p *avro.VoximplantSubscriptionDetail) {
	r.object(func(key string) bool {
		switch key {
		case "type":
			r.text(&p.Type)
		case "phone_numbers":
			p.PhoneNumbers = list(r, (*reader).phoneNumber)
		case "sip_registrations":
			p.SIPRegistrations = list(r, (*reader).sipID)
		default:
			return false
		}
		return true
	})
}
