package drivertest_test

import (
	"bytes"
	"testing"
	"time"

	"plumbline/drivers"
	"plumbline/drivers/write"
)

// What FRR remarks on a line that it takes is no refusal: the trial stands, and goes as it came.
func TestGuardHearsRemarks(t *testing.T) {
	r := newRouter(t)
	base := r.running(t)
	edit := drivers.Edit{
		Do:   []byte("router ospf\n auto-cost reference-bandwidth 40000\n no auto-cost reference-bandwidth\n area 0.0.0.1 stub\nexit\n"),
		Undo: []byte("no router ospf\n"),
	}
	p, err := r.writer.Apply(t.Context(), r.to(), edit, write.Hold{For: 5 * time.Minute, Tx: "plb-remark"})
	must(t, err)
	if now := r.running(t); !bytes.Contains(now, []byte("area 0.0.0.1 stub")) {
		t.Errorf("on trial it holds\n%s", now)
	}
	must(t, p.Undo(t.Context()))
	if now := r.running(t); !bytes.Equal(now, base) {
		t.Errorf("taken back it holds\n%s", now)
	}
}
