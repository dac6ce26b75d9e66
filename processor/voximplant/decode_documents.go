package voximplant

import (
	"math"
	"slices"
	"strings"

	"github.com/tributary-hq/tributary/schemas/avro"
)

func (r *reader) documentUploaded(p *avro.VoximplantAccountDocumentUploaded) {
	r.object(func(key string) bool {
		switch key {
		case "account_document_id":
			r.id(&p.AccountDocumentID)
		case "uploaded":
			r.timestamp(&p.Uploaded)
		case "verification_name":
			r.exposed(&p.VerificationName)
		case "legal_status":
			r.text(&p.LegalStatus)
		default:
			return false
		}
		return true
	})
}

func (r *reader) documentVerified(p *avro.VoximplantAccountDocumentVerified) {
	r.object(func(key string) bool {
		switch key {
		case "account_document_id":
			r.id(&p.AccountDocumentID)
		case "account_document_status":
			r.text(&p.AccountDocumentStatusRaw)
		case "uploaded":
			r.timestamp(&p.Uploaded)
		case "comment":
			r.exposed(&p.Comment)
		case "verification_name":
			r.exposed(&p.VerificationName)
		case "legal_status":
			r.text(&p.LegalStatus)
		default:
			return false
		}
		return true
	})
	p.AccountDocumentStatus = r.documentStatus(p.AccountDocumentStatusRaw.Value)
}

func (r *reader) documentUpdated(p *avro.VoximplantAccountDocumentStatusUpdated) {
	r.object(func(key string) bool {
		switch key {
		case "account_document_id":
			r.id(&p.AccountDocumentID)
		case "previous_account_document_status":
			r.text(&p.PreviousAccountDocumentStatusRaw)
		case "account_document_status":
			r.text(&p.AccountDocumentStatusRaw)
		case "update_time":
			r.timestamp(&p.UpdateTime)
		case "comment":
			r.exposed(&p.Comment)
		case "legal_status":
			r.text(&p.LegalStatus)
		default:
			return false
		}
		return true
	})
	p.PreviousAccountDocumentStatus = r.documentStatus(p.PreviousAccountDocumentStatusRaw.Value)
	p.AccountDocumentStatus = r.documentStatus(p.AccountDocumentStatusRaw.Value)
}

func (r *reader) addressUploaded(p *avro.VoximplantRegulationAddressUploaded) {
	r.object(func(key string) bool {
		switch key {
		case "regulation_address_id":
			r.id(&p.RegulationAddressID)
		case "uploaded":
			r.timestamp(&p.Uploaded)
		case "is_individual":
			r.flag(&p.IsIndividual)
		case "regulation_address_name":
			r.exposed(&p.RegulationAddressName)
		default:
			return false
		}
		return true
	})
}

func (r *reader) addressVerified(p *avro.VoximplantRegulationAddressVerified) {
	r.object(func(key string) bool {
		switch key {
		case "regulation_address_id":
			r.id(&p.RegulationAddressID)
		case "regulation_address_status":
			r.text(&p.RegulationAddressStatusRaw)
		case "uploaded":
			r.timestamp(&p.Uploaded)
		case "is_individual":
			r.flag(&p.IsIndividual)
		case "comment":
			r.exposed(&p.Comment)
		case "regulation_address_name":
			r.exposed(&p.RegulationAddressName)
		default:
			return false
		}
		return true
	})
	p.RegulationAddressStatus = addressStatus(p.RegulationAddressStatusRaw.Value)
	r.status(p.RegulationAddressStatusRaw.Value, p.RegulationAddressStatus != avro.RegulationAddressStatusUnknown)
}

func (r *reader) addressRequested(p *avro.VoximplantRegulationAddressDocumentsRequested) {
	r.object(func(key string) bool {
		switch key {
		case "regulation_address_id":
			r.id(&p.RegulationAddressID)
		case "regulation_address_name":
			r.exposed(&p.RegulationAddressName)
		case "regulation_address_status":
			r.text(&p.RegulationAddressStatusRaw)
		case "update_time":
			r.timestamp(&p.UpdateTime)
		case "is_individual":
			r.flag(&p.IsIndividual)
		case "comment":
			r.exposed(&p.Comment)
		default:
			return false
		}
		return true
	})
	p.RegulationAddressStatus = addressStatus(p.RegulationAddressStatusRaw.Value)
	r.status(p.RegulationAddressStatusRaw.Value, p.RegulationAddressStatus != avro.RegulationAddressStatusUnknown)
}

func (r *reader) agreementExpiring(p *avro.VoximplantExpiringAgreement) {
	r.object(func(key string) bool {
		switch key {
		case "expiration_date":
			r.date(&p.ExpirationDate)
		case "until_expiration":
			var days avro.Optional[int64]
			r.id(&days)
			if days.Value < 0 || days.Value > math.MaxInt32 {
				r.unread()
				break
			}
			p.UntilExpiration = avro.Optional[int32]{Value: int32(days.Value), Set: days.Set}
		default:
			return false
		}
		return true
	})
}

func (r *reader) agreementExpired(p *avro.VoximplantExpiredAgreement) {
	r.object(func(key string) bool {
		if key != "document_ids" {
			return false
		}
		for inside := r.read(r.LenientArray()); inside && r.NextItem(); {
			var id avro.Optional[int64]
			r.id(&id)
			if id.Set {
				p.DocumentIDs = append(p.DocumentIDs, id.Value)
			}
		}
		return true
	})
}

func (r *reader) agreementRestored(p *avro.VoximplantRestoredAgreementStatus) {
	r.object(func(key string) bool {
		switch key {
		case "document_id":
			r.id(&p.DocumentID)
		case "expiration_date":
			r.date(&p.ExpirationDate)
		default:
			return false
		}
		return true
	})
}

func (r *reader) certificates(p *avro.VoximplantCertificates) {
	r.object(func(key string) bool {
		if key != "certificates" {
			return false
		}
		p.Certificates = list(r, (*reader).certificate)
		return true
	})
}

func (r *reader) certificate(p *avro.VoximplantCertificate) {
	r.object(func(key string) bool {
		switch key {
		case "push_credential_id":
			r.id(&p.PushCredentialID)
		case "cert_file_name":
			r.exposed(&p.CertFileName)
		case "expiration_date":
			r.date(&p.ExpirationDate)
		case "applications":
			r.each(func(name string) {
				if r.cb.source.Exposes(key) {
					p.Applications = append(p.Applications, name)
				}
			})
		default:
			return false
		}
		return true
	})
}

func (r *reader) documentStatus(text string) avro.DocumentStatus {
	status := documentStatus(text)
	r.status(text, status != avro.DocumentStatusUnknown)
	return status
}

// documentStatus normalises a status in upper or lower case; a word not documented is
// UNKNOWN.
func documentStatus(text string) avro.DocumentStatus {
	known := []avro.DocumentStatus{
		avro.DocumentStatusAwaitingDocumentsUploading, avro.DocumentStatusAwaitingAgreementUploading, avro.DocumentStatusAwaitingVerification,
		avro.DocumentStatusWaitingForConfirmationDocuments, avro.DocumentStatusVerified, avro.DocumentStatusRejected,
		avro.DocumentStatusWaitingPeriodExpired,
	}
	return oneOf(known, text, avro.DocumentStatusUnknown)
}

func addressStatus(text string) avro.RegulationAddressStatus {
	known := []avro.RegulationAddressStatus{
		avro.RegulationAddressStatusInProgress, avro.RegulationAddressStatusPending, avro.RegulationAddressStatusVerified,
		avro.RegulationAddressStatusDeclined,
	}
	return oneOf(known, text, avro.RegulationAddressStatusUnknown)
}

func subscriptionType(text string) avro.SubscriptionType {
	known := []avro.SubscriptionType{avro.SubscriptionTypePhoneNum, avro.SubscriptionTypeSIPRegistration, avro.SubscriptionTypePlan}
	return oneOf(known, text, avro.SubscriptionTypeUnknown)
}

func oneOf[T ~string](known []T, text string, otherwise T) T {
	same := func(k T) bool { return strings.EqualFold(string(k), strings.TrimSpace(text)) }
	if i := slices.IndexFunc(known, same); i >= 0 {
		return known[i]
	}
	return otherwise
}
