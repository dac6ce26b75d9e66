package k8s_test

import (
	"maps"
	"slices"
	"testing"
	"time"

	apps "k8s.io/api/apps/v1"
	autoscaling "k8s.io/api/autoscaling/v2"
	batch "k8s.io/api/batch/v1"
	core "k8s.io/api/core/v1"
	networking "k8s.io/api/networking/v1"
	policy "k8s.io/api/policy/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/labels"
	"k8s.io/apimachinery/pkg/util/intstr"
	podapi "k8s.io/pod-security-admission/api"
	podpolicy "k8s.io/pod-security-admission/policy"
	"sigs.k8s.io/yaml"
)

// drain is how long the program may take to stop, and what a pod has beyond it.
const drain, margin = 30 * time.Second, 5 * time.Second

// workload is what makes pods.
type workload struct {
	name   string
	role   string
	pod    core.PodTemplateSpec
	claims []core.PersistentVolumeClaim
}

// into decodes a document, whose kind is known, into its type.
func into[T any](t *testing.T, d document) T {
	t.Helper()
	var out T
	if err := yaml.UnmarshalStrict(d.text, &out); err != nil {
		t.Fatalf("%s: %v", d.name(), err)
	}
	return out
}

func workloads(t *testing.T, all []document) []workload {
	t.Helper()
	var out []workload
	for _, d := range all {
		w := workload{name: d.name()}
		switch d.kind() {
		case "Deployment":
			w.pod = into[apps.Deployment](t, d).Spec.Template
		case "StatefulSet":
			set := into[apps.StatefulSet](t, d)
			w.pod, w.claims = set.Spec.Template, set.Spec.VolumeClaimTemplates
		case "Job":
			w.pod = into[batch.Job](t, d).Spec.Template
		default:
			continue
		}
		w.role = w.pod.Labels["app.kubernetes.io/component"]
		out = append(out, w)
	}
	return out
}

// TestPodsAreRestricted has every pod pass the strictest pod security standard, and what
// it does not ask for.
func TestPodsAreRestricted(t *testing.T) {
	t.Parallel()
	evaluator, err := podpolicy.NewEvaluator(podpolicy.DefaultChecks(), nil)
	if err != nil {
		t.Fatal(err)
	}
	each(t, func(t *testing.T, all []document) {
		for _, w := range workloads(t, all) {
			level := podapi.LevelVersion{Level: podapi.LevelRestricted, Version: podapi.LatestVersion()}
			result := podpolicy.AggregateCheckResults(evaluator.EvaluatePod(level, &w.pod.ObjectMeta, &w.pod.Spec))
			if !result.Allowed {
				t.Errorf("%s: %s", w.name, result.ForbiddenDetail())
			}
			if token := w.pod.Spec.AutomountServiceAccountToken; token == nil || *token {
				t.Errorf("%s has a token for the Kubernetes API, and no use for it", w.name)
			}
			for _, c := range w.pod.Spec.Containers {
				if s := c.SecurityContext; s == nil || s.ReadOnlyRootFilesystem == nil || !*s.ReadOnlyRootFilesystem {
					t.Errorf("%s: its root file system can be written", w.name)
				}
				if c.Resources.Limits.Memory().IsZero() || c.Resources.Requests.Memory().IsZero() || c.Resources.Requests.Cpu().IsZero() {
					t.Errorf("%s: memory is not bounded, or nothing is asked for", w.name)
				}
			}
		}
	})
}

// TestPodsFit has volumes, ports, probes and the time to stop fit one another.
func TestPodsFit(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, all []document) {
		configs := map[string]bool{}
		accounts := map[string]bool{}
		for _, d := range all {
			configs[d.str("metadata", "name")] = configs[d.str("metadata", "name")] || d.kind() == "ConfigMap"
			accounts[d.str("metadata", "name")] = accounts[d.str("metadata", "name")] || d.kind() == "ServiceAccount"
		}
		for _, w := range workloads(t, all) {
			spec := w.pod.Spec
			if !accounts[spec.ServiceAccountName] {
				t.Errorf("%s: no such account: %s", w.name, spec.ServiceAccountName)
			}
			volumes := map[string]bool{}
			for _, v := range spec.Volumes {
				volumes[v.Name] = true
				if v.ConfigMap != nil && !configs[v.ConfigMap.Name] {
					t.Errorf("%s: no such config map: %s", w.name, v.ConfigMap.Name)
				}
			}
			for _, c := range w.claims {
				volumes[c.Name] = true
			}
			c := spec.Containers[0]
			for _, m := range c.VolumeMounts {
				if !volumes[m.Name] {
					t.Errorf("%s mounts %s, which is no volume of it", w.name, m.Name)
				}
			}
			if spec.RestartPolicy != core.RestartPolicyOnFailure {
				probed(t, w, c)
			}
		}
	})
}

// probed checks a role that stays.
func probed(t *testing.T, w workload, c core.Container) {
	t.Helper()
	for name, p := range map[string]*core.Probe{"liveness": c.LivenessProbe, "readiness": c.ReadinessProbe, "startup": c.StartupProbe} {
		if p == nil || p.HTTPGet == nil || p.HTTPGet.Port != intstr.FromString("ops") {
			t.Errorf("%s: its %s probe does not ask the ops port", w.name, name)
			continue
		}
		want := "/healthz"
		if name == "readiness" {
			want = "/readyz"
		}
		if p.HTTPGet.Path != want {
			t.Errorf("%s: its %s probe asks %s, want %s", w.name, name, p.HTTPGet.Path, want)
		}
	}
	if !slices.ContainsFunc(c.Ports, func(p core.ContainerPort) bool { return p.Name == "ops" && p.ContainerPort == 9090 }) {
		t.Errorf("%s has no port ops", w.name)
	}
	need := drain + margin
	if c.Lifecycle != nil && c.Lifecycle.PreStop != nil && c.Lifecycle.PreStop.Sleep != nil {
		need += time.Duration(c.Lifecycle.PreStop.Sleep.Seconds) * time.Second
	}
	if w.role == "lag" {
		need = 0 // It holds nothing.
	}
	if got := time.Duration(*w.pod.Spec.TerminationGracePeriodSeconds) * time.Second; got < need {
		t.Errorf("%s is killed after %v, and may need %v", w.name, got, need)
	}
}

// TestSelectorsFindTheirPods has services, budgets, policies and autoscalers be about
// something, and about what their name says.
func TestSelectorsFindTheirPods(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, all []document) {
		pods := workloads(t, all)
		for _, d := range all {
			var selector *metav1.LabelSelector
			switch d.kind() {
			case "Service":
				selector = &metav1.LabelSelector{MatchLabels: into[core.Service](t, d).Spec.Selector}
			case "PodDisruptionBudget":
				selector = into[policy.PodDisruptionBudget](t, d).Spec.Selector
			case "NetworkPolicy":
				selector = new(into[networking.NetworkPolicy](t, d).Spec.PodSelector)
			case "PodMonitor":
				selector = monitored(t, d)
			case "HorizontalPodAutoscaler":
				ref := into[autoscaling.HorizontalPodAutoscaler](t, d).Spec.ScaleTargetRef
				exists(t, all, d, ref.Kind+"/"+ref.Name)
				continue
			case "ScaledObject":
				exists(t, all, d, d.str("spec", "scaleTargetRef", "kind")+"/"+d.str("spec", "scaleTargetRef", "name"))
				continue
			default:
				continue
			}
			found := selected(t, selector, pods)
			role := d.str("metadata", "labels", "app.kubernetes.io/component")
			if len(found) == 0 || role != "" && !slices.Equal(found, []string{role}) {
				t.Errorf("%s selects the pods of %v", d.name(), found)
			}
		}
	})
}

func monitored(t *testing.T, d document) *metav1.LabelSelector {
	t.Helper()
	var out struct {
		Spec struct {
			Selector metav1.LabelSelector `json:"selector"`
		} `json:"spec"`
	}
	if err := yaml.Unmarshal(d.text, &out); err != nil {
		t.Fatal(err)
	}
	return &out.Spec.Selector
}

func exists(t *testing.T, all []document, d document, name string) {
	t.Helper()
	if !slices.ContainsFunc(all, func(o document) bool { return o.name() == name }) {
		t.Errorf("%s scales %s, which there is not", d.name(), name)
	}
}

func selected(t *testing.T, selector *metav1.LabelSelector, pods []workload) []string {
	t.Helper()
	s, err := metav1.LabelSelectorAsSelector(selector)
	if err != nil {
		t.Fatal(err)
	}
	roles := map[string]bool{}
	for _, w := range pods {
		if s.Matches(labels.Set(w.pod.Labels)) {
			roles[w.role] = true
		}
	}
	return slices.Sorted(maps.Keys(roles))
}
