using EdgeVision.Delivery;
using EdgeVision.Frames;
using EdgeVision.Module;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;

namespace EdgeVision.IntegrationTests.Module;

public sealed class SupervisorTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly FakeTimeProvider _time = new();

    [Fact]
    public async Task What_fails_is_started_again_after_its_wait_and_its_neighbour_never_notices()
    {
        await using var supervisor = new Supervisor(_time, NullLogger.Instance);
        var (starts, told) = (new SemaphoreSlim(0), new SemaphoreSlim(0));
        var neighbourRuns = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var neighbourStarts = 0;
        var waits = new List<TimeSpan>();
        supervisor.Run(
            "camera bad",
            _ =>
            {
                starts.Release();
                throw new CaptureException("Unplugged.");
            },
            Retries(),
            (_, wait, _) =>
            {
                waits.Add(wait);
                told.Release();
                return Task.CompletedTask;
            });
        supervisor.Run(
            "camera good",
            stopping =>
            {
                Interlocked.Increment(ref neighbourStarts);
                neighbourRuns.TrySetResult();
                return Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, stopping);
            },
            Retries());
        await neighbourRuns.Task.WaitAsync(Patience, TestContext.Current.CancellationToken);

        for (var i = 0; i < 5; i++)
        {
            Assert.True(await starts.WaitAsync(Patience, TestContext.Current.CancellationToken));
            Assert.True(await told.WaitAsync(Patience, TestContext.Current.CancellationToken));
            await AdvanceUntil(starts, TimeSpan.FromSeconds(30));
        }

        Assert.True(waits.Count >= 5);
        Assert.All(waits, w => Assert.InRange(w.TotalSeconds, 1, 30));
        Assert.Equal(1, neighbourStarts);
    }

    [Fact]
    public async Task A_task_that_returns_has_ended_and_is_not_started_again()
    {
        await using var supervisor = new Supervisor(_time, NullLogger.Instance);
        var starts = 0;
        supervisor.Run("clip", _ => { starts++; return Task.CompletedTask; }, Retries());

        await supervisor.UntilEndedAsync(CancellationToken.None).WaitAsync(Patience, TestContext.Current.CancellationToken);

        Assert.Equal(1, starts);
    }

    [Fact]
    public async Task Disposal_ends_tasks_that_run_and_tasks_that_wait()
    {
        var supervisor = new Supervisor(_time, NullLogger.Instance);
        var failed = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        supervisor.Run("runs", stopping => Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, stopping), Retries());
        supervisor.Run("waits", _ => throw new CaptureException("Unplugged."), Retries(), (_, _, _) => { failed.TrySetResult(); return Task.CompletedTask; });
        await failed.Task.WaitAsync(Patience, TestContext.Current.CancellationToken);

        await supervisor.DisposeAsync().AsTask().WaitAsync(Patience, TestContext.Current.CancellationToken);
        await supervisor.DisposeAsync();
    }

    [Fact]
    public async Task A_failure_that_cannot_be_told_does_not_end_the_task()
    {
        await using var supervisor = new Supervisor(_time, NullLogger.Instance);
        var starts = new SemaphoreSlim(0);
        supervisor.Run(
            "camera bad", _ => { starts.Release(); throw new CaptureException("Unplugged."); }, Retries(), (_, _, _) => throw new OutboxException("The outbox was closed."));

        Assert.True(await starts.WaitAsync(Patience, TestContext.Current.CancellationToken));
        await AdvanceUntil(starts, TimeSpan.FromSeconds(30));
    }

    [Fact]
    public async Task Disposal_leaves_a_task_behind_that_hangs_in_the_kernel()
    {
        var supervisor = new Supervisor(_time, NullLogger.Instance);
        using var never = new ManualResetEventSlim();
        var blocked = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        supervisor.Run("hangs", _ => { blocked.TrySetResult(); never.Wait(CancellationToken.None); return Task.CompletedTask; }, Retries());
        await blocked.Task.WaitAsync(Patience, TestContext.Current.CancellationToken);

        var disposal = supervisor.DisposeAsync().AsTask();
        var began = TimeProvider.System.GetTimestamp();
        while (!disposal.IsCompleted && TimeProvider.System.GetElapsedTime(began) < Patience)
        {
            _time.Advance(TimeSpan.FromSeconds(1));
            await Task.Yield();
        }

        Assert.True(disposal.IsCompletedSuccessfully);
        never.Set();
    }

    private static RetrySchedule Retries() => new(TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(30), new Random(7));

    /// <summary>The wait begins a moment after it was told; the clock is moved until it has passed, and the next start is left to the test.</summary>
    private async Task AdvanceUntil(SemaphoreSlim starts, TimeSpan by)
    {
        var began = TimeProvider.System.GetTimestamp();
        while (starts.CurrentCount == 0)
        {
            Assert.True(TimeProvider.System.GetElapsedTime(began) < Patience, "It was not started again.");
            _time.Advance(by);
            await Task.Yield();
        }
    }
}
