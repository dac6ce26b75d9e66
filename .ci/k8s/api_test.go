package k8s_test

import (
	"cmp"
	"fmt"
	"strings"
	"testing"
	"time"

	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/serializer"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/apiserver/pkg/endpoints/request"
	"k8s.io/apiserver/pkg/registry/rest"
	"k8s.io/kubernetes/pkg/api/legacyscheme"
	_ "k8s.io/kubernetes/pkg/apis/apps/install"
	_ "k8s.io/kubernetes/pkg/apis/autoscaling/install"
	_ "k8s.io/kubernetes/pkg/apis/batch/install"
	"k8s.io/kubernetes/pkg/apis/core"
	_ "k8s.io/kubernetes/pkg/apis/core/install"
	_ "k8s.io/kubernetes/pkg/apis/networking/install"
	_ "k8s.io/kubernetes/pkg/apis/policy/install"
	"k8s.io/kubernetes/pkg/registry/apps/deployment"
	"k8s.io/kubernetes/pkg/registry/apps/statefulset"
	"k8s.io/kubernetes/pkg/registry/autoscaling/horizontalpodautoscaler"
	"k8s.io/kubernetes/pkg/registry/batch/job"
	"k8s.io/kubernetes/pkg/registry/core/configmap"
	"k8s.io/kubernetes/pkg/registry/core/service"
	"k8s.io/kubernetes/pkg/registry/core/serviceaccount"
	"k8s.io/kubernetes/pkg/registry/networking/ingress"
	"k8s.io/kubernetes/pkg/registry/networking/networkpolicy"
	"k8s.io/kubernetes/pkg/registry/policy/poddisruptionbudget"
)

// strategies are what the API server does with an object that is to be created.
func strategies() map[string]rest.RESTCreateStrategy {
	return map[string]rest.RESTCreateStrategy{
		"ConfigMap": configmap.Strategy, "Deployment": deployment.Strategy, "HorizontalPodAutoscaler": horizontalpodautoscaler.Strategy,
		"Ingress": ingress.Strategy, "Job": job.Strategy, "NetworkPolicy": networkpolicy.Strategy, "PodDisruptionBudget": poddisruptionbudget.Strategy,
		"Service": service.Strategy, "ServiceAccount": serviceaccount.Strategy, "StatefulSet": statefulset.Strategy,
	}
}

// create does what the API server does up to its store: strict decoding, defaults,
// validation. It returns the warnings that kubectl would print.
func create(d document) ([]string, error) {
	strategy, ok := strategies()[d.kind()]
	if !ok {
		return nil, fmt.Errorf("no strategy for %s: add it to this test", d.name())
	}
	decoder := serializer.NewCodecFactory(legacyscheme.Scheme, serializer.EnableStrict).UniversalDecoder()
	object, err := runtime.Decode(decoder, d.text)
	if err != nil {
		return nil, err
	}
	m, err := meta.Accessor(object)
	if err != nil {
		return nil, err
	}
	if m.GetNamespace() == "" {
		m.SetNamespace("default")
	}
	if svc, ok := object.(*core.Service); ok {
		// The server's allocator does so, before it validates.
		svc.Spec.ClusterIPs = []string{cmp.Or(svc.Spec.ClusterIP, "10.0.0.1")}
		svc.Spec.ClusterIP = svc.Spec.ClusterIPs[0]
	}
	m.SetUID(types.UID("11111111-2222-3333-4444-555555555555"))
	m.SetCreationTimestamp(metav1.NewTime(time.Unix(1_800_000_000, 0)))
	ctx := request.WithRequestInfo(request.WithNamespace(request.NewContext(), m.GetNamespace()), requestOf(d))
	if err := rest.BeforeCreate(strategy, ctx, object); err != nil {
		return nil, err
	}
	return strategy.WarningsOnCreate(ctx, object), nil
}

// requestOf says which API the request would be for: declarative rules hang on it.
func requestOf(d document) *request.RequestInfo {
	group, version, found := strings.Cut(d.str("apiVersion"), "/")
	if !found {
		group, version = "", group
	}
	return &request.RequestInfo{IsResourceRequest: true, Verb: "create", APIGroup: group, APIVersion: version}
}

// TestAPIServerTakesIt has every manifest pass what the API server would do to it, without a
// warning.
func TestAPIServerTakesIt(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, all []document) {
		for _, d := range all {
			if d.custom() {
				continue
			}
			warnings, err := create(d)
			if err != nil {
				t.Errorf("%s: %v", d.name(), err)
			}
			for _, w := range warnings {
				t.Errorf("%s: warning: %s", d.name(), w)
			}
		}
	})
}

// TestValidationBites shows that the check above refuses what it should.
func TestValidationBites(t *testing.T) {
	t.Parallel()
	const head = "apiVersion: policy/v1\nkind: PodDisruptionBudget\nmetadata: {name: x}\nspec: "
	for name, spec := range map[string]string{
		"unknown field": "{maxUnavailable: 1, selector: {matchLabels: {a: b}}, wrong: 1}",
		"wrong type":    "{maxUnavailable: [1]}",
		"both bounds":   "{maxUnavailable: 1, minAvailable: 1, selector: {matchLabels: {a: b}}}",
		"no such word":  "{maxUnavailable: 1, unhealthyPodEvictionPolicy: Sometimes, selector: {matchLabels: {a: b}}}",
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			d := parse(t, head+spec)
			if _, err := create(d); err == nil {
				t.Errorf("taken: %s", d.text)
			}
		})
	}
	if _, err := create(parse(t, head+"{maxUnavailable: 1, selector: {matchLabels: {a: b}}}")); err != nil {
		t.Errorf("a good one is refused: %v", err)
	}
}
