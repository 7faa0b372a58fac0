package health_test

import (
	"fmt"
	"hash/fnv"
	"io/fs"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"plumbline/internal/golden"
	"plumbline/internal/health"
	"plumbline/render"
	"plumbline/templates"
)

// digest knows a text again.
func digest(text string) string {
	h := fnv.New32a()
	_, _ = h.Write([]byte(text))
	return fmt.Sprint(h.Sum32())
}

// What platforms tell of logs and loads is read as their platform.yaml says, and each question has a case. What
// they say besides, a refusal and silence tell nothing, and nothing breaks by it.
func TestSigns(t *testing.T) {
	for _, platform := range platforms(t) {
		p, ds := render.Read(templates.FS, platform)
		if ds.Failed() {
			t.Fatal(ds)
		}
		log := health.Log{Told: p.Log.Told, Lines: p.Log.Lines, But: p.Log.But}
		var played []string
		if len(p.Signs()) > 0 {
			golden.Run(t, "../../templates/"+platform+"/testdata/signs/*.txtar", func(t *testing.T, files fs.FS) []byte {
				ask := filepath.Base(t.Name())
				played = append(played, ask)
				text, err := fs.ReadFile(files, "answer")
				if err != nil {
					t.Fatal(err)
				}
				var out strings.Builder
				if p.Log.Ask == ask {
					v, err := log.Read(string(text), digest)
					if err != nil || !v.Up {
						t.Fatal("not told", err)
					}
					was, is := health.Vitals{}, health.Vitals{}
					was.WithLog(health.Vital{Up: true})
					is.WithLog(v)
					for _, f := range health.Compare(was, is, health.Expected{}) {
						fmt.Fprintln(&out, f)
					}
				}
				if text, err := fs.ReadFile(files, "untold"); err == nil {
					if v, err := log.Read(string(text), digest); err != nil || v.Up {
						t.Errorf("a log that tells nothing is taken for %v, %v", v, err)
					}
				}
				for _, l := range p.Load {
					if l.Ask == ask {
						v, err := of(l).Read(text)
						if err != nil || !v.Up {
							t.Fatal("not told", err)
						}
						fmt.Fprintf(&out, "%s: %d %%\n", l.Of, v.Counts["used"])
					}
				}
				return []byte(out.String())
			})
		}
		if want := p.Signs(); !slices.Equal(played, want) {
			t.Errorf("%s asks %v, and cases show %v", platform, want, played)
		}
		for _, l := range p.Load {
			for _, text := range []string{"% Unknown command", "{}", "", `{"memTotal":0,"memFree":0}`, `{"memTotal":1,"memFree":2}`, `{"memTotal":"NaN","memFree":1}`} {
				if v, err := of(l).Read([]byte(text)); err == nil && v.Up {
					t.Errorf("%s %s: %q was taken for %v", platform, l.Ask, text, v)
				}
			}
		}
	}
}

func of(l render.Load) health.Load {
	return health.Load{Of: l.Of, Form: l.Form, Rows: l.Rows, Used: l.Used, Free: l.Free, Total: l.Total}
}
