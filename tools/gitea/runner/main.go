// Package main is a runner of Gitea's actions, for tests: it registers, fetches tasks, has act (the
// engine that Gitea's own runner is built on) play each on this machine, and reports how it
// ended. It keeps no cache and takes one task at a time. What jobs print goes to its output.
package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/signal"
	"path/filepath"
	"strings"
	"time"

	runnerv1 "code.gitea.io/actions-proto-go/runner/v1"
	"code.gitea.io/actions-proto-go/runner/v1/runnerv1connect"
	"connectrpc.com/connect"
	"github.com/nektos/act/pkg/common"
	"github.com/nektos/act/pkg/model"
	"github.com/nektos/act/pkg/runner"
	"github.com/sirupsen/logrus"
	"google.golang.org/protobuf/types/known/timestamppb"
)

func main() {
	var w worker
	url := flag.String("url", "", "address of the server")
	token := flag.String("token", "", "that runners are registered with")
	labels := flag.String("labels", "", "what runs-on may ask for, with commas between")
	flag.StringVar(&w.dir, "dir", "", "where jobs work")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if err := w.register(ctx, *url, *token, strings.Split(*labels, ",")); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	fmt.Println("ready")
	w.work(ctx)
}

// worker is one registered runner.
type worker struct {
	dir, url    string
	uuid, token string
	client      runnerv1connect.RunnerServiceClient
}

// register makes it known to the server, by the name of its labels.
func (w *worker) register(ctx context.Context, url, token string, labels []string) error {
	w.url = url
	sign := connect.UnaryInterceptorFunc(func(next connect.UnaryFunc) connect.UnaryFunc {
		return func(ctx context.Context, r connect.AnyRequest) (connect.AnyResponse, error) {
			if w.uuid != "" {
				r.Header().Set("x-runner-uuid", w.uuid)
				r.Header().Set("x-runner-token", w.token)
			}
			return next(ctx, r)
		}
	})
	w.client = runnerv1connect.NewRunnerServiceClient(http.DefaultClient, url+"/api/actions", connect.WithInterceptors(sign))
	name := strings.Join(labels, "-")
	a, err := w.client.Register(ctx, connect.NewRequest(&runnerv1.RegisterRequest{Name: name, Token: token, Version: "v0.2.13", Labels: labels}))
	if err != nil {
		return err
	}
	w.uuid, w.token = a.Msg.Runner.Uuid, a.Msg.Runner.Token
	_, err = w.client.Declare(ctx, connect.NewRequest(&runnerv1.DeclareRequest{Version: "v0.2.13", Labels: labels}))
	return err
}

// work takes one task after the other until the end.
func (w *worker) work(ctx context.Context) {
	for ctx.Err() == nil {
		a, err := w.client.FetchTask(ctx, connect.NewRequest(&runnerv1.FetchTaskRequest{}))
		if err != nil {
			fmt.Println("no task:", err)
		} else if a.Msg.Task != nil {
			w.play(ctx, a.Msg.Task)
			continue
		}
		select {
		case <-ctx.Done():
		case <-time.After(200 * time.Millisecond):
		}
	}
}

// play plays a task and tells how it ended.
func (w *worker) play(ctx context.Context, t *runnerv1.Task) {
	begin := timestamppb.Now()
	var log bytes.Buffer
	err := w.run(ctx, t, io.MultiWriter(os.Stdout, &log))
	result := runnerv1.Result_RESULT_SUCCESS
	if err != nil {
		result = runnerv1.Result_RESULT_FAILURE
	}
	fmt.Printf("task %d ended: %v %v\n", t.Id, result, err)
	var rows []*runnerv1.LogRow
	for line := range strings.Lines(log.String()) {
		rows = append(rows, &runnerv1.LogRow{Time: timestamppb.Now(), Content: strings.TrimRight(line, "\n")})
	}
	ctx = context.WithoutCancel(ctx)
	_, said := w.client.UpdateLog(ctx, connect.NewRequest(&runnerv1.UpdateLogRequest{TaskId: t.Id, Rows: rows, NoMore: true}))
	_, told := w.client.UpdateTask(ctx, connect.NewRequest(&runnerv1.UpdateTaskRequest{State: &runnerv1.TaskState{Id: t.Id, Result: result, StartedAt: begin, StoppedAt: timestamppb.Now()}}))
	if err := errors.Join(said, told); err != nil {
		fmt.Println("not told:", err)
	}
}

// run has act play the one job of a task on this machine.
func (w *worker) run(ctx context.Context, t *runnerv1.Task, out io.Writer) error {
	flow, err := model.ReadWorkflow(bytes.NewReader(t.WorkflowPayload))
	if err != nil {
		return err
	}
	jobs := flow.GetJobIDs()
	if len(jobs) != 1 {
		return fmt.Errorf("a task has %d jobs", len(jobs))
	}
	plan, err := model.CombineWorkflowPlanner(flow).PlanJob(jobs[0])
	if err != nil {
		return err
	}
	text, err := json.Marshal(t.Context.AsMap())
	if err != nil {
		return err
	}
	about := new(model.GithubContext)
	if err := json.Unmarshal(text, about); err != nil {
		return err
	}
	about.Token = t.Secrets["GITHUB_TOKEN"]
	event, err := json.Marshal(about.Event)
	if err != nil {
		return err
	}
	dir, err := os.MkdirTemp(w.dir, "job")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	r, err := runner.New(&runner.Config{
		Workdir: filepath.Join(dir, "work"), ActionCacheDir: filepath.Join(dir, "actions"),
		Env:     map[string]string{"GITEA_ACTIONS": "true", "CI": "true", "PLUMBLINE_RUNNER": os.Getenv("PLUMBLINE_RUNNER"), "GIT_CONFIG_GLOBAL": "/dev/null"},
		Secrets: t.Secrets, Vars: t.Vars, LogOutput: true, NoSkipCheckout: true, AutoRemove: true, GitHubInstance: w.url, DefaultActionInstance: w.url,
		PresetGitHubContext: about, EventJSON: string(event), ContainerNamePrefix: fmt.Sprintf("task-%d", t.Id),
		PlatformPicker: func([]string) string { return "-self-hosted" },
	})
	if err != nil {
		return err
	}
	ctx = common.WithJobErrorContainer(runner.WithJobLoggerFactory(ctx, printer{out}))
	if err := r.NewPlanExecutor(plan)(ctx); err != nil {
		return err
	}
	return common.JobError(ctx)
}

// printer makes loggers that print what jobs say.
type printer struct{ out io.Writer }

// WithJobLogger gives one.
func (p printer) WithJobLogger() *logrus.Logger {
	l := logrus.New()
	l.SetOutput(p.out)
	l.SetFormatter(&logrus.TextFormatter{DisableColors: true, DisableTimestamp: true})
	return l
}
