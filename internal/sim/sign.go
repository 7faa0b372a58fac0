package sim

import (
	"fmt"
	"strings"
)

// What a device tells of its log, its memory and its processors in the words of its vendor. All of it is made
// up: a device has 40 % of its memory used, and processors that do little.

const (
	usedMemory = 40
	busy       = 5
)

// exec answers a line outside configuration mode.
func (b *Box) exec(s *shell, line string) (string, bool) {
	if out, known := b.sign(line); known {
		return out, true
	}
	return b.manner.exec(s, line)
}

// sign answers what is asked about logs and loads.
func (b *Box) sign(line string) (string, bool) {
	ask := ""
	for name, q := range b.is.Session.Read {
		if q == line {
			ask = name
		}
	}
	mem, cpu := b.used("memory", usedMemory), b.used("cpu", busy)
	switch b.is.Platform + " " + ask {
	case "eos log":
		return b.logs("Nov 27 10:00:%02d " + b.name + " Agent: %s\n"), true
	case "ios-xe log":
		return "    Buffer logging:  level debugging, 41 messages logged, xml disabled,\n" + b.logs("*Nov 27 10:00:%02d.123: %s\n"), true
	case "ios-xr log":
		return "Syslog logging: enabled (0 messages dropped, 0 flushes, 0 overruns)\n    Buffer logging: level debugging, 41 messages logged\n\nLog Buffer (2097152 bytes):\n\n" +
			b.logs("RP/0/RP0/CPU0:Nov 27 10:00:%02d.123 UTC: proc[65722]: %s\n"), true
	case "nx-os log":
		return b.logs("2026 Nov 27 10:00:%02d " + b.name + " %%$ VDC-1 %%$ %s\n"), true
	case "junos log":
		return b.logs("Nov 27 10:00:%02d  " + b.name + " rpd[1234]: %s\n"), true
	case "ios-xe memory":
		return fmt.Sprintf("Processor Pool Total: 1000000000 Used: %d Free: %d\n", mem*10000000, (100-mem)*10000000), true
	case "ios-xe cpu", "nx-os cpu":
		return fmt.Sprintf("CPU utilization for five seconds: 97%%/1%%; one minute: %d%%; five minutes: %d%%\n", cpu, busy), true
	case "ios-xr memory":
		return fmt.Sprintf(" Application Memory : 10000M (%dM available)\n", (100-mem)*100), true
	case "ios-xr cpu":
		return fmt.Sprintf("CPU utilization for one minute: %d%%; five minutes: %d%%; fifteen minutes: %d%%\n", cpu, busy, busy), true
	case "nx-os memory":
		return said(map[string]any{"memory_usage_total": 10000000, "memory_usage_used": mem * 100000, "memory_usage_free": (100 - mem) * 100000}), true
	case "junos engine":
		data := func(n int) any { return []any{map[string]any{"data": fmt.Sprint(n)}} }
		one := map[string]any{"memory-buffer-utilization": data(mem), "cpu-idle": data(3), "cpu-idle1": data(100 - cpu)}
		return said(map[string]any{"route-engine-information": []any{map[string]any{"route-engine": []any{one}}}}), true
	}
	return "", false
}

// used is how much of something is used: more where it fills.
func (b *Box) used(of string, usual int) int {
	if f := b.faults.takes("fills", func(f *Fault) bool { return f.Text == of }); f != nil && b.body() != b.before {
		return f.N
	}
	return usual
}

// logs is the log of a device, in lines of a form: clock and what is said. It says some things from the start, and
// what its faults make it say.
func (b *Box) logs(form string) string {
	says := []string{"%SYS-5-CONFIG_I: Configured from console", "%PLATFORM-2-FAN: fan 1 has failed"}
	if f := b.faults.has("says"); f != nil && b.body() != b.before {
		says = append(says, f.Text)
	}
	var out strings.Builder
	for i, text := range says {
		if b.is.Platform == "junos" { // its facilities are others, and its severities stand where others have theirs
			text = strings.Replace(text, "%SYS-", "%DAEMON-", 1)
		}
		fmt.Fprintf(&out, form, i, text)
	}
	return out.String()
}
