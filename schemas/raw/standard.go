package raw

// ProviderStandard is any sender that signs as Standard Webhooks specifies.
const ProviderStandard = "standard"

// Headers of a raw record with the headers of a Standard Webhook: its id and the time of
// the attempt in unix seconds.
const (
	HeaderWebhookID        = "tributary-webhook-id"
	HeaderWebhookTimestamp = "tributary-webhook-timestamp"
)

// StandardMessage is put before the webhook id in the key of a Standard Webhook without a
// correlation id.
const StandardMessage = "message:"
