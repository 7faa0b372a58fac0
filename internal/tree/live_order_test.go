package tree

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"plumbline/internal/lab"
)

// meets is a router that speaks OSPF and OSPFv3 at a port, and whose hellos wait there.
func meets(port, address, id string) string {
	return `interface ` + port + `
 ip address ` + address + `
 ip ospf area 0.0.0.0
 ip ospf dead-interval 10
 ip ospf hello-interval 1
 ip ospf network point-to-point
 ipv6 ospf6 area 0.0.0.0
 ipv6 ospf6 dead-interval 10
 ipv6 ospf6 hello-interval 1
 ipv6 ospf6 network point-to-point
exit
router ospf
 ospf router-id ` + id + `
exit
router ospf6
 ospf6 router-id ` + id + `
exit
`
}

// TestJudgeRouterID: a neighbour waits with hellos every second, and each router ID is sent as late
// as a slow runner would send it, when the neighbour had all the time to become full. FRR takes the
// line without a word all the same, and has that ID, because no port speaks yet.
func TestJudgeRouterID(t *testing.T) {
	lab.Need(t, "time")
	lab.Need(t, "root", "netns", "veth", "frr", "ssh")
	l, err := lab.Up(t.Context(), lab.Topology{Routers: []string{"judge", "waits"}, Segments: []lab.Segment{
		{Name: "a", Ends: []lab.End{{Router: "judge", Interface: "eth0"}, {Router: "waits", Interface: "eth0"}}},
	}})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := l.Down(); err != nil {
			t.Error(err)
		}
	})
	j := &judge{t: t, l: l, d: frr(t), file: filepath.Join(t.TempDir(), "conf")}
	if out, err := j.at("waits", meets("eth0", "192.0.2.1/31", "198.51.100.1")); err != nil || out != "" {
		t.Fatal(out, err)
	}
	want, _ := Parse(j.d, []byte(meets("eth0", "192.0.2.0/31", "198.51.100.2")))
	script, head := strings.Split(strings.TrimSpace(j.fromNothing(want)), "\n"), ""
	var part []string
	for _, line := range script {
		if strings.Contains(line, "router-id") {
			j.say(part)
			j.full(5 * time.Second)
			part = []string{head}
		} else if !strings.HasPrefix(line, " ") {
			head = line
		}
		part = append(part, line)
	}
	j.say(part)
	if !j.full(time.Minute) {
		t.Fatal("the routers do not meet")
	}
	for _, ask := range []string{"show ip ospf", "show ipv6 ospf6"} {
		if out, err := l.Show(t.Context(), "judge", ask); err != nil || !strings.Contains(out, "198.51.100.2") {
			t.Errorf("%s: %v\n%s", ask, err, out)
		}
	}
}

// say sends lines to which FRR may say nothing.
func (j *judge) say(lines []string) {
	j.t.Helper()
	script := strings.Join(lines, "\n") + "\n"
	if said := j.send(script); said != "" {
		j.t.Errorf("FRR says %q to\n%s", said, script)
	}
}

// full tells whether both protocols are full with a neighbour, as soon as they are.
func (j *judge) full(patience time.Duration) bool {
	for end := time.Now().Add(patience); time.Now().Before(end); time.Sleep(100 * time.Millisecond) {
		v4, err4 := j.l.Show(context.Background(), "judge", "show ip ospf neighbor")
		v6, err6 := j.l.Show(context.Background(), "judge", "show ipv6 ospf6 neighbor")
		if err4 == nil && err6 == nil && strings.Contains(v4, "Full/") && strings.Contains(v6, "Full/") {
			return true
		}
	}
	return false
}

// at sends a router lines, and gives what it says to them.
func (j *judge) at(name, text string) (string, error) {
	if err := os.WriteFile(j.file, []byte(text), 0o644); err != nil {
		return "", err
	}
	out, err := j.l.Apply(context.Background(), name, j.file)
	return strings.TrimSpace(strings.ReplaceAll(out, "Waiting for children to finish applying config...", "")), err
}
