package k8s_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"k8s.io/apiextensions-apiserver/pkg/apis/apiextensions"
	v1 "k8s.io/apiextensions-apiserver/pkg/apis/apiextensions/v1"
	"k8s.io/apiextensions-apiserver/pkg/apiserver/schema"
	"k8s.io/apiextensions-apiserver/pkg/apiserver/schema/cel"
	"k8s.io/apiextensions-apiserver/pkg/apiserver/schema/pruning"
	"k8s.io/apiextensions-apiserver/pkg/apiserver/validation"
	utiljson "k8s.io/apimachinery/pkg/util/json"
	celconfig "k8s.io/apiserver/pkg/apis/cel"
	"sigs.k8s.io/yaml"
)

// definition says where the definition of a custom kind is: a file of a Go module, which
// is fetched as every other.
type definition struct{ module, file string }

func definitions() map[string]definition {
	const operator = "github.com/prometheus-operator/prometheus-operator@v0.85.0"
	return map[string]definition{
		"ScaledObject":   {"github.com/kedacore/keda/v2@v2.21.0", "config/crd/bases/keda.sh_scaledobjects.yaml"},
		"PodMonitor":     {operator, "example/prometheus-operator-crd/monitoring.coreos.com_podmonitors.yaml"},
		"PrometheusRule": {operator, "example/prometheus-operator-crd/monitoring.coreos.com_prometheusrules.yaml"},
	}
}

// schemaOf returns the schema of a custom kind as its own project published it.
func schemaOf(t *testing.T, d document) *apiextensions.JSONSchemaProps {
	t.Helper()
	where, ok := definitions()[d.kind()]
	if !ok {
		t.Fatalf("no definition for %s: add it to this test", d.name())
	}
	// Outside of a module: a version that is only read stands in no go.mod.
	cmd := exec.CommandContext(t.Context(), "go", "mod", "download", "-json", where.module)
	cmd.Dir = t.TempDir()
	text, err := cmd.Output()
	var module struct{ Dir, Error string }
	if err = errors.Join(err, json.Unmarshal(text, &module)); err != nil || module.Error != "" {
		t.Fatalf("get %s: %v %s", where.module, err, module.Error)
	}
	text, err = os.ReadFile(filepath.Join(module.Dir, where.file)) //nolint:gosec // of the module cache
	if err != nil {
		t.Fatal(err)
	}
	var crd v1.CustomResourceDefinition
	if err := yaml.UnmarshalStrict(text, &crd); err != nil {
		t.Fatal(err)
	}
	for i := range crd.Spec.Versions {
		version := &crd.Spec.Versions[i]
		if crd.Spec.Group+"/"+version.Name != d.str("apiVersion") {
			continue
		}
		out := &apiextensions.JSONSchemaProps{}
		if err := v1.Convert_v1_JSONSchemaProps_To_apiextensions_JSONSchemaProps(version.Schema.OpenAPIV3Schema, out, nil); err != nil {
			t.Fatal(err)
		}
		return out
	}
	t.Fatalf("%s is none of its definition's versions", d.str("apiVersion"))
	return nil
}

// checkCustom does what the API server does: fields that the schema does not know,
// types and bounds, rules in CEL.
func checkCustom(t *testing.T, d document) error {
	t.Helper()
	props := schemaOf(t, d)
	// As the server decodes it: whole numbers are whole.
	var object map[string]any
	text, err := yaml.YAMLToJSON(d.text)
	if err = errors.Join(err, utiljson.Unmarshal(text, &object)); err != nil {
		return err
	}
	structural, err := schema.NewStructural(props)
	if err != nil {
		return err
	}
	var errs []error
	for _, field := range pruning.PruneWithOptions(object, structural, true, schema.UnknownFieldPathOptions{TrackUnknownFieldPaths: true}) {
		errs = append(errs, fmt.Errorf("unknown field %s", field))
	}
	validator, _, err := validation.NewSchemaValidator(props)
	if err != nil {
		return err
	}
	found := validation.ValidateCustomResource(nil, object, validator)
	if rules := cel.NewValidator(structural, true, celconfig.PerCallLimit); rules != nil {
		more, _ := rules.Validate(t.Context(), nil, structural, object, nil, celconfig.RuntimeCELCostBudget)
		found = append(found, more...)
	}
	for _, f := range found {
		errs = append(errs, f)
	}
	return errors.Join(errs...)
}

// TestCustomKinds has KEDA's and the operator's objects fit their definitions.
func TestCustomKinds(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, all []document) {
		for _, d := range all {
			if !d.custom() {
				continue
			}
			if err := checkCustom(t, d); err != nil {
				t.Errorf("%s: %v", d.name(), err)
			}
		}
	})
}

// TestCustomCheckBites shows that the check above refuses what it should.
func TestCustomCheckBites(t *testing.T) {
	t.Parallel()
	const head = "apiVersion: keda.sh/v1alpha1\nkind: ScaledObject\nmetadata: {name: x}\nspec: "
	for name, spec := range map[string]string{
		"unknown field":   "{scaleTargetRef: {name: x}, triggers: [{type: cpu, metadata: {value: '1'}}], wrong: 1}",
		"missing field":   "{scaleTargetRef: {name: x}}",
		"wrong type":      "{scaleTargetRef: {name: x}, triggers: [{type: cpu, metadata: {value: 1}}]}",
		"a word of a set": "{scaleTargetRef: {name: x}, triggers: [{type: cpu, metadata: {}}], fallback: {failureThreshold: 1, replicas: 1, behavior: other}}",
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if err := checkCustom(t, parse(t, head+spec)); err == nil {
				t.Errorf("taken: %s", spec)
			}
		})
	}
}

func parse(t *testing.T, text string) document {
	t.Helper()
	d := document{text: []byte(text)}
	if err := yaml.UnmarshalStrict(d.text, &d.object); err != nil {
		t.Fatal(err)
	}
	return d
}
