package entity_test

import (
	"testing"

	"github.com/tributary-hq/tributary/processor/entity"
)

// TestJourneyKeys: no id can be chosen so that its key is that of another id.
func TestJourneyKeys(t *testing.T) {
	t.Parallel()
	met := map[string][2]string{}
	for _, namespace := range []string{"", "b", "kiosk"} {
		for _, id := range []string{"17", "b:17", ":17", ":b:17", "kiosk:ns-17", "ns-17", "phone:k1:0", "hmac:k1:0", ":phone:k1:0", ":"} {
			key := string(entity.JourneyID{Namespace: namespace, ID: id}.AppendKey(nil))
			if before, ok := met[key]; ok {
				t.Errorf("%v and %v have the key %s", before, [2]string{namespace, id}, key)
			}
			met[key] = [2]string{namespace, id}
		}
	}
	if key := string(entity.JourneyID{ID: "order-17"}.AppendKey(nil)); key != "order-17" {
		t.Errorf("a plain id has the key %s", key)
	}
}
