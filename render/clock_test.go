package render

import (
	"testing"
	"time"

	"plumbline/templates"
)

// TestClock holds that each platform's clock is understood as its vendor writes it, and that a
// time in another zone is not taken for ours.
func TestClock(t *testing.T) {
	noon := time.Date(2026, 11, 6, 12, 34, 56, 0, time.UTC)
	for _, c := range []struct {
		platform, answer string
		want             bool
	}{
		{"ios-xe", "*12:34:56.789 UTC Fri Nov 6 2026\n", true},
		{"ios-xe", ".12:34:56.789 UTC Fri Nov 6 2026\n", true},
		{"ios-xe", "12:34:56.789 CET Fri Nov 6 2026\n", false},
		{"ios-xr", "Fri Nov  6 12:34:56.010 UTC\n12:34:56.789 UTC Fri Nov 6 2026\n", true},
		{"nx-os", "12:34:56.789 UTC Fri Nov 06 2026\nTime source is NTP\n", true},
		{"eos", "Fri Nov  6 12:34:56 2026\nTimezone: UTC\nClock source: NTP server (192.0.2.1)\n", true},
		{"eos", "Fri Nov  6 12:34:56 2026\nTimezone: Europe/Berlin\nClock source: local\n", false},
		{"junos", "Current time: 2026-11-06 12:34:56 UTC\nTime Source:  NTP CLOCK\n", true},
		{"junos", "Current time: 2026-11-06 12:34:56 CET\nTime Source:  NTP CLOCK\n", false},
		{"sr-linux", `{"system":{"information":{"current-datetime":"2026-11-06T12:34:56.789Z"}}}`, true},
		{"sr-linux", `{"system":{"information":{}}}`, false},
		{"eos", "% Invalid input\n", false},
	} {
		p, ds := Read(templates.FS, c.platform)
		if ds.Failed() {
			t.Fatal(ds)
		}
		at, ok := p.Clock.Read(c.answer)
		if ok != c.want || ok && !at.Truncate(time.Second).Equal(noon) {
			t.Errorf("%s: %q is read as %v, %v", c.platform, c.answer, at, ok)
		}
	}
}
