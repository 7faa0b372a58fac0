package drivertest_test

import (
	"testing"
	"time"

	"plumbline/drivers"
	"plumbline/drivers/drivertest"
	"plumbline/drivers/ssh"
	"plumbline/drivers/write/guard"
	"plumbline/internal/sim"
	"plumbline/render"
	"plumbline/templates"
)

const running = `hostname r1
!
ip route 203.0.113.0/24 Null0
!
router bgp 64496
 neighbor 192.0.2.1 remote-as 64500
exit
!
end
`

// The embedded devices keep the laws, over real sockets, with a clock that is moved.
func TestEmbedded(t *testing.T) {
	p, ds := render.Read(templates.FS, "frr")
	if ds.Failed() {
		t.Fatal(ds)
	}
	drivertest.Run(t, func(t *testing.T) drivertest.Rig {
		clock := sim.NewHand(time.Unix(1e9, 0))
		f, err := sim.Start(t.Context(), []sim.Device{{Name: "r1", Platform: "frr", Session: p.Session, Dialect: p.Dialect, Running: []byte(running)}}, sim.Options{Clock: clock, Guard: guard.Digest()})
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(f.Stop)
		b := f.Device("r1")
		reader := ssh.New(p.Session, f.Logins(), ssh.Options{Timeout: 10 * time.Second, Twice: true})
		shown := func() []byte { // as a reader sees it
			live, err := reader.Fetch(t.Context(), f.Target("r1"))
			if err != nil || string(b.Startup()) != string(b.Running()) {
				return b.Startup()
			}
			return live.Text
		}
		return drivertest.Rig{
			Reader:  reader,
			Writer:  guard.New(p.Session, f.Logins(), guard.Options{Timeout: 10 * time.Second}),
			Target:  f.Target("r1"),
			WriteTo: f.WriteTarget("r1"),
			Edit: drivers.Edit{
				Do:   []byte("ip prefix-list NEW seq 5 permit 198.51.100.0/24\nrouter bgp 64496\n neighbor 192.0.2.9 remote-as 64509\nexit\n"),
				Undo: []byte("router bgp 64496\n no neighbor 192.0.2.9\nexit\nno ip prefix-list NEW seq 5\n"),
			},
			Bad: drivers.Edit{
				Do:   []byte("ip prefix-list NEW seq 5 permit 198.51.100.0/24\nno such line\n"),
				Undo: []byte("no ip prefix-list NEW seq 5\n"),
			},
			Hold:    10 * time.Minute,
			Wait:    clock.Move,
			Startup: shown,
			Changes: func() int { return b.Counters().Mutating },
		}
	})
}
