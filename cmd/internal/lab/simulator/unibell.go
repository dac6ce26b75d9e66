package simulator

import (
	"crypto/md5" //nolint:gosec // An id that looks like Unibell's, not a proof.
	"encoding/hex"
	"encoding/json"
	"net/http"
	"net/url"
	"time"

	"github.com/tributary-hq/tributary/schemas/raw"
)

//nolint:tagliatelle // the provider's names
type callRequest struct {
	Reference  string `json:"reference,omitempty"`
	SourceAddr string `json:"sourceAddr"`
	DestAddr   string `json:"destAddr"`
	Code       string `json:"code"`
}

// call is a Unibell call in progress.
type call struct {
	t         *instance
	account   Account
	reference string
	code      string
}

// call places a call through the relay, at the beginning of the scenario. If the reference
// is empty, ingest makes one.
func (t *instance) call(account Account, reference, sourceAddr string) *call {
	request := callRequest{Reference: reference, SourceAddr: sourceAddr, DestAddr: "74951234567", Code: t.digits(6)}
	body := mustJSON(request)
	t.add(&webhook{
		provider: raw.ProviderUnibell, source: account.Source, path: "/v1/unibell/" + account.Source + "/calls/flash", relay: true, items: 2,
		headerName: "X-Authorization", headerValue: "AccessKey " + account.Caller,
		render: func(int, time.Time) []byte { return body },
	})
	return &call{t: t, account: account, reference: reference, code: request.Code}
}

// phone makes a number in Unibell's format.
func (t *instance) phone() string { return "79" + t.digits(9) }

// says sends a status as JSON, by reference.
func (c *call) says(at time.Duration, status string) {
	c.status(at, false, mustJSON(map[string]string{"reference": c.reference, "requestId": requestID(c.reference, c.code), "status": status}))
}

// saysByRequest sends a status as JSON that names only the requestId ([3P]).
func (c *call) saysByRequest(at time.Duration, status string) {
	c.status(at, false, mustJSON(map[string]string{"requestId": requestID(c.reference, c.code), "status": status}))
}

// saysByForm sends a status as a form, as the older SMS API does ([D]).
func (c *call) saysByForm(at time.Duration, status string) {
	reached := c.t.time(at).Add(c.account.Skew).UTC().Format(time.DateTime)
	form := url.Values{"reference": {c.reference}, "status": {status}, "networkErrCode": {"0"}, "statusDateTime": {reached}}
	c.status(at, true, []byte(form.Encode()))
}

func (c *call) status(at time.Duration, form bool, body []byte) {
	c.t.add(&webhook{
		provider: raw.ProviderUnibell, source: c.account.Source, path: "/v1/unibell/" + c.account.Source, form: form, items: 1, at: at,
		headerName: "X-Tributary-Secret", headerValue: c.account.Secret,
		render: func(int, time.Time) []byte { return body },
	})
}

// requestID derives the id that this package's Unibell gives a request. It includes the
// code, because calls with the same reference have different codes.
func requestID(reference, code string) string {
	sum := md5.Sum([]byte("unibell request " + reference + " " + code)) //nolint:gosec // see import
	return hex.EncodeToString(sum[:])
}

// Unibell is the provider behind the relay: it answers every call with an access key as
// its documentation describes ([S] 000).
func Unibell() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("POST /apps/flash/calls/flash", func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		var request callRequest
		answer := map[string]string{}
		switch err := json.NewDecoder(http.MaxBytesReader(w, r.Body, 1<<20)).Decode(&request); {
		case r.Header.Get("X-Authorization") == "":
			answer["status"] = "invalidAccessKeyError"
		case err != nil:
			answer["status"] = "requiredJsonError"
		case request.SourceAddr == RefusedNumber:
			answer["status"], answer["error"] = "invalidDataError", "Field sourceAddr must not contain Cyrillic"
		default:
			answer["status"], answer["requestId"] = "ok", requestID(request.Reference, request.Code)
		}
		_, _ = w.Write(mustJSON(answer))
	})
	return mux
}

// RefusedNumber is a number that this package's Unibell refuses.
const RefusedNumber = "79000000000"
