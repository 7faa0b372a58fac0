package health_test

import (
	"cmp"
	"fmt"
	"io/fs"
	"maps"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"plumbline/internal/golden"
	"plumbline/internal/health"
	"plumbline/render"
	"plumbline/templates"
)

func platforms(t testing.TB) []string {
	t.Helper()
	names, err := render.Names(templates.FS)
	if err != nil || len(names) == 0 {
		t.Fatal("no platforms", err)
	}
	return names
}

func shapes(t testing.TB, platform string) map[string]render.Vital {
	t.Helper()
	p, ds := render.Read(templates.FS, platform)
	if ds.Failed() || len(p.Health) == 0 {
		t.Fatal(ds)
	}
	return p.Health
}

// What platforms answer is read as their platform.yaml says, and each question has a case.
func TestAnswers(t *testing.T) {
	for _, platform := range platforms(t) {
		var played []string
		golden.Run(t, "../../templates/"+platform+"/testdata/health/*.txtar", func(t *testing.T, files fs.FS) []byte {
			text, err := fs.ReadFile(files, "answer")
			if err != nil {
				t.Fatal(err)
			}
			played = append(played, filepath.Base(t.Name()))
			v, known := shapes(t, platform)[filepath.Base(t.Name())]
			if !known {
				t.Fatal("the platform does not ask this for its health")
			}
			have, err := health.Shape(v).Read(text)
			if err != nil {
				t.Fatal(err)
			}
			none, err := fs.Glob(files, "none*") // what a device says that has no such sessions
			for _, file := range none {
				text, err := fs.ReadFile(files, file)
				if v, err2 := health.Shape(v).Read(text); err != nil || err2 != nil || len(v) > 0 {
					t.Errorf("%s, which means none: %v %v %v", file, v, err, err2)
				}
			}
			if err != nil {
				t.Fatal(err)
			}
			var out strings.Builder
			for _, name := range slices.Sorted(maps.Keys(have)) {
				var told []string
				if v.Of == "" { // else it tells counts alone
					told = append(told, fmt.Sprint(have[name].Up))
				}
				for _, c := range slices.Sorted(maps.Keys(have[name].Counts)) {
					told = append(told, fmt.Sprint(c, " ", have[name].Counts[c]))
				}
				fmt.Fprintf(&out, "%s: %s\n", name, cmp.Or(strings.Join(told, ", "), "nothing"))
			}
			return []byte(out.String())
		})
		if want := slices.Sorted(maps.Keys(shapes(t, platform))); !slices.Equal(played, want) {
			t.Errorf("%s asks %v, and cases show %v", platform, want, played)
		}
	}
}

// What is not understood is unknown, and is never taken for no sessions.
func TestUnknown(t *testing.T) {
	for _, platform := range platforms(t) {
		for ask, v := range shapes(t, platform) {
			for _, text := range []string{"% Unknown command", "[]", "7", `{"default":7`, `{"errors":7}`, "\x00", "error: permission denied"} {
				if have, err := health.Shape(v).Read([]byte(text)); err == nil {
					t.Errorf("%s %s: %q was taken for %v", platform, ask, text, have)
				}
			}
			if have, err := health.Shape(v).Read(nil); err == nil && !strings.Contains(v.None, `\A\s*\z`) {
				t.Errorf("%s %s: silence was taken for %v", platform, ask, have)
			}
		}
	}
	for text, ask := range map[string]string{
		`{"default":7}`: "bgp_summary", `{"default":{"ipv4Unicast":{"peers":{"192.0.2.1":{}}}}}`: "bgp_summary",
		`{"default":{"ipv4Unicast":{"peers":7}}}`: "bgp_summary", `{"neighbors":{"10.0.0.2":[{"ifaceName":"eth0"}]}}`: "ospf", `{"neighbors":{"10.0.0.2":7}}`: "ospf",
	} {
		if have, err := health.Shape(shapes(t, "frr")[ask]).Read([]byte(text)); err == nil {
			t.Errorf("%s was taken for %v", text, have)
		}
	}
}

func FuzzShapes(f *testing.F) {
	f.Add([]byte(`{"default":{"ipv4Unicast":{"peers":{"192.0.2.1":{"state":"Established"}}}}}`))
	var all []health.Shape
	for _, platform := range platforms(f) {
		for _, v := range shapes(f, platform) {
			all = append(all, health.Shape(v))
		}
	}
	f.Fuzz(func(_ *testing.T, b []byte) {
		for _, s := range all {
			_, _ = s.Read(b)
		}
	})
}
