package simulator

import (
	"encoding/base64"
	"strconv"
	"time"

	"github.com/golang-jwt/jwt/v5"

	"github.com/tributary-hq/tributary/schemas/raw"
)

// isoMillis is UAPAY's time format.
const isoMillis = "2006-01-02T15:04:05.000Z"

// invoiceClaims are the fields of a callback about an invoice ([S] 004).
//
//nolint:tagliatelle // the provider's names
type invoiceClaims struct {
	PaymentID          string  `json:"paymentId"`
	InvoiceID          string  `json:"invoiceId"`
	ExternalID         *string `json:"externalId"`
	PaymentNumber      int     `json:"paymentNumber"`
	CardFromMasked     string  `json:"cardFromMasked"`
	CardToMasked       *string `json:"cardToMasked"`
	CardFromHolderName string  `json:"cardFromHolderName"`
	Amount             int64   `json:"amount"`
	ReversalAmount     *int64  `json:"reversalAmount,omitempty"`
	Status             string  `json:"status"`
	Type               string  `json:"type"`
	SystemType         string  `json:"systemType"`
	PaymentStatus      string  `json:"paymentStatus"`
	ReceiptPath        string  `json:"receiptPath"`
	ExtraInfo          string  `json:"extraInfo"`
	CreateDate         string  `json:"createDate"`
	PayDate            *string `json:"payDate,omitempty"`
	HoldDate           *string `json:"holdDate,omitempty"`
	IAT                int64   `json:"iat"`
}

// p2pClaims are the fields of a callback about a P2P payment ([S] 004).
//
//nolint:tagliatelle // the provider's names
type p2pClaims struct {
	PaymentSystem        string  `json:"paymentSystem"`
	PaymentID            string  `json:"paymentId"`
	OperationID          string  `json:"operationId"`
	OperationType        string  `json:"operationType"`
	OperationStatus      string  `json:"operationStatus"`
	PaymentType          string  `json:"paymentType"`
	PaymentNumber        string  `json:"paymentNumber"`
	PaymentAmount        int64   `json:"paymentAmount"`
	PaymentPendingAmount int64   `json:"paymentPendingAmount"`
	PaymentCommission    int64   `json:"paymentCommission"`
	PaymentStatus        string  `json:"paymentStatus"`
	PostbackTime         int64   `json:"postbackTime"`
	CardFromMasked       string  `json:"cardFromMasked"`
	CardFromID           string  `json:"cardFromId"`
	CardToMasked         *string `json:"cardToMasked"`
	CardToID             *string `json:"cardToId"`
	OperationExternalID  string  `json:"operationExternalId"`
	IAT                  int64   `json:"iat"`
}

// invoice is the payment of an invoice in progress.
type invoice struct {
	t       *instance
	account Account
	claims  invoiceClaims
}

// invoice makes a payment over an amount in kopecks.
func (t *instance) invoice(at time.Duration, amount int64) *invoice {
	return t.invoiceOf(t.accounts.First(raw.ProviderUAPAY), at, amount)
}

// invoiceOf makes a payment to an account.
func (t *instance) invoiceOf(to Account, at time.Duration, amount int64) *invoice {
	order := t.order
	id := t.uuid()
	return &invoice{t: t, account: to, claims: invoiceClaims{
		PaymentID: id, InvoiceID: t.uuid(), ExternalID: &order, PaymentNumber: 100000 + t.rng.IntN(900000),
		CardFromMasked: "4111111111", CardFromHolderName: "CARDHOLDER NAME", Amount: amount, Type: "PAY", SystemType: "ECOM",
		ReceiptPath: "https://api.uapay.ua/api/acquiring/receipts/v2/" + id + ".pdf",
		ExtraInfo:   `{"docId":"` + t.digits(10) + `","licensePlate":"fineSeries"}`,
		CreateDate:  t.time(at).Add(to.Skew).UTC().Format(isoMillis),
	}}
}

// says sends a callback with the payment's statuses.
func (p *invoice) says(at time.Duration, status, paymentStatus string) {
	when := p.t.time(at).Add(p.account.Skew).UTC()
	date := when.Format(isoMillis)
	switch {
	case paymentStatus == "HOLDED":
		p.claims.HoldDate, p.claims.Type = &date, "HOLD"
	case status == "FINISHED" && p.claims.PayDate == nil:
		p.claims.PayDate = &date
	}
	p.claims.Status, p.claims.PaymentStatus = status, paymentStatus
	claims := p.claims
	claims.IAT = when.Unix()
	p.t.add(&webhook{
		provider: raw.ProviderUAPAY, source: p.account.Source, path: "/v1/uapay/" + p.account.Source, items: 1, at: at,
		render: signed(p.account.Secret, func(attempt int) []byte {
			c := claims
			c.IAT = resigned(c.IAT, attempt)
			return mustJSON(c)
		}),
	})
}

// returns sends a callback about money given back; total is the sum so far, in kopecks.
func (p *invoice) returns(at time.Duration, total int64, status, paymentStatus string) {
	p.claims.ReversalAmount = &total
	p.says(at, status, paymentStatus)
}

// transfer is a P2P payment in progress.
type transfer struct {
	t       *instance
	account Account
	claims  p2pClaims
}

// transfer makes a P2P payment over an amount in kopecks.
func (t *instance) transfer(amount int64) *transfer {
	return t.transferTo(t.accounts.First(raw.ProviderUAPAY), amount)
}

// transferTo makes a P2P payment to an account.
func (t *instance) transferTo(to Account, amount int64) *transfer {
	return &transfer{t: t, account: to, claims: p2pClaims{
		PaymentSystem: "p2p", PaymentID: t.uuid(), OperationID: t.uuid(), OperationType: "SEND", PaymentType: "BUCKET",
		PaymentNumber: strconv.Itoa(10000000 + t.rng.IntN(90000000)), PaymentAmount: amount, PaymentPendingAmount: amount,
		PaymentCommission: amount / 5, CardFromMasked: "4111111111", CardFromID: t.uuid(), OperationExternalID: t.order,
	}}
}

// says sends a callback with the payment's statuses.
func (p *transfer) says(at time.Duration, operationStatus, paymentStatus string) {
	p.claims.OperationStatus, p.claims.PaymentStatus = operationStatus, paymentStatus
	claims := p.claims
	when := p.t.time(at).Add(p.account.Skew)
	claims.PostbackTime, claims.IAT = when.UnixMilli(), when.Unix()
	p.t.add(&webhook{
		provider: raw.ProviderUAPAY, source: p.account.Source, path: "/v1/uapay/" + p.account.Source, items: 1, at: at,
		render: signed(p.account.Secret, func(attempt int) []byte {
			c := claims
			c.IAT = resigned(c.IAT, attempt)
			return mustJSON(c)
		}),
	})
}

// resigned returns the iat of a delivery. Whether UAPAY signs a retry anew is not
// documented, so every other one is.
func resigned(iat int64, attempt int) int64 {
	if attempt%2 == 0 {
		return iat + int64(attempt)*5
	}
	return iat
}

func signed(secret string, claims func(attempt int) []byte) func(int, time.Time) []byte {
	return func(attempt int, _ time.Time) []byte {
		return Envelope(Sign(claims(attempt), secret, jwt.SigningMethodHS256))
	}
}

// Envelope is the body of a UAPAY callback.
func Envelope(token string) []byte { return []byte(`{"token":"` + token + `"}`) }

// Sign makes UAPAY's token; the raw secret string is the key ([SDK]).
func Sign(claims []byte, secret string, method jwt.SigningMethod) string {
	text := base64.RawURLEncoding.EncodeToString([]byte(`{"alg":"`+method.Alg()+`","typ":"JWT"}`)) +
		"." + base64.RawURLEncoding.EncodeToString(claims)
	var key any = []byte(secret)
	if method == jwt.SigningMethodNone {
		key = jwt.UnsafeAllowNoneSignatureType
	}
	signature, err := method.Sign(text, key)
	if err != nil {
		panic(err) //nolint:forbidigo // only for keys of another type
	}
	return text + "." + base64.RawURLEncoding.EncodeToString(signature)
}
