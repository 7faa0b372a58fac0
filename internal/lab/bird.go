package lab

import (
	"context"
	"errors"
	"os"
	"os/exec"
)

// BirdFile is what a router with BIRD starts with.
func (l *Lab) BirdFile(name string) string { return l.path("bird-" + name + "/bird.conf") }

// flies starts BIRD with a file that says next to nothing. Its folder is that of the user who
// writes, and who is of the group may read and ask.
func (l *Lab) flies(ctx context.Context, r *router) error {
	dir, pid := l.path("bird-"+r.name), l.path("run/"+r.name+"-bird.pid")
	r.pids = append(r.pids, pid)
	return errors.Join(
		os.Mkdir(dir, 0o770), os.WriteFile(l.BirdFile(r.name), []byte("# as it was installed\nrouter id 192.0.2.1;\nprotocol device {\n}\n"), 0o640),
		run(ctx, "chown", "-R", "61001:frrvty", dir), run(ctx, "chmod", "2770", dir),
		run(ctx, "ip", "netns", "exec", r.space, "/usr/sbin/bird", "-c", l.BirdFile(r.name), "-s", l.path(r.name+".ctl"), "-P", pid),
		run(ctx, "chgrp", "frrvty", l.path(r.name+".ctl")))
}

// Bird asks BIRD by the way of the machine it runs on, past every driver.
func (l *Lab) Bird(ctx context.Context, name, command string) (string, error) {
	out, err := exec.CommandContext(ctx, "birdc", "-v", "-s", l.path(name+".ctl"), command).CombinedOutput()
	return string(out), err
}
