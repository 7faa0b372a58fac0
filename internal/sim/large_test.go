package sim_test

import (
	"fmt"
	"os"
	"strings"
	"testing"
	"time"

	"plumbline/drivers/ssh"
	"plumbline/internal/lab"
	"plumbline/internal/sim"
)

// large is a text of more than 20 MB; of 2 MB in a common run, but on one platform with a last
// line and on one without.
func large(platform string) []byte {
	size := 20 << 20
	if os.Getenv("PLUMBLINE_FETCHES") == "" && platform != "frr" && platform != "junos" {
		size = 2 << 20
	}
	line, text, last := "interface Loopback%[1]d\n description link of many\n", "", ""
	switch platform {
	case "bird":
		line = "protocol static s%[1]d {\n    ipv4;\n    route 198.51.100.0/24 blackhole;\n}\n"
	case "frr":
		line = "ip prefix-list OURS seq %[1]d permit 198.51.100.0/24 le 32\n"
	case "junos":
		line, text, last = "        route 2001:db8::%[2]x:%[3]x/128 {\n            discard;\n        }\n", "routing-options {\n    static {\n", "    }\n}\n"
	}
	b := []byte(text)
	for i := 0; len(b) < size; i++ {
		b = fmt.Appendf(b, line, i+1, i>>12+1, i&4095+1)
	}
	return append(b, last...)
}

// TestLarge: a large text is read whole, with a last line and without.
func TestLarge(t *testing.T) {
	lab.Need(t, "time")
	for _, p := range lined(t) {
		t.Run(p.Name, func(t *testing.T) {
			name := p.Name
			f, err := sim.Start(t.Context(), []sim.Device{{Name: "r0", Platform: name, Session: p.Session, Dialect: p.Dialect, Running: large(name)}})
			if err != nil {
				t.Fatal(err)
			}
			defer f.Stop()
			r := ssh.New(p.Session, f.Logins(), ssh.Options{Timeout: 2 * time.Minute})
			defer r.Close()
			began := time.Now()
			live, err := r.Fetch(t.Context(), f.Target("r0"))
			if err != nil || strings.TrimSpace(string(live.Text)) != strings.TrimSpace(string(f.Device("r0").Running())) {
				t.Errorf("%d bytes: %v", len(live.Text), err)
			}
			t.Logf("figure: %d MB in %v", len(live.Text)>>20, time.Since(began).Round(10*time.Millisecond))
		})
	}
}
