using EdgeVision.Frames;
using Microsoft.Extensions.Time.Testing;

namespace EdgeVision.IntegrationTests.Capture;

public sealed class FramePacerTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private static CancellationToken Stopping => TestContext.Current.CancellationToken;

    [Fact]
    public void The_first_frame_is_due_at_once()
    {
        var time = new SelfAdvancingTime();
        using var pacer = new FramePacer(0.01, time);

        Assert.Equal(0, pacer.Wait(Stopping));
        Assert.Empty(time.Waits);
    }

    [Theory]
    [InlineData(10)]
    [InlineData(30)]
    [InlineData(29.97)]
    [InlineData(0.3)]
    [InlineData(1000)]
    public void An_hour_of_frames_takes_an_hour(double fps)
    {
        var time = new SelfAdvancingTime();
        using var pacer = new FramePacer(fps, time);
        var frames = (int)(3600 * fps);

        var last = 0L;
        for (var i = 0; i <= frames; i++) last = pacer.Wait(Stopping);

        // Timers count whole milliseconds.
        Assert.InRange(TimeSpan.FromTicks(last).TotalSeconds - (frames / fps), -0.000_001, 0.001);
    }

    [Fact]
    public void Small_delays_do_not_add_up()
    {
        var time = new SelfAdvancingTime();
        using var pacer = new FramePacer(10, time);
        for (var i = 0; i < 100; i++)
        {
            Assert.Equal(TimeSpan.FromMilliseconds(100 * i), TimeSpan.FromTicks(pacer.Wait(Stopping)));
            time.Advance(TimeSpan.FromMilliseconds(i % 7 * 13));
        }
    }

    [Fact]
    public void What_is_late_by_less_than_a_second_is_caught_up()
    {
        var time = new SelfAdvancingTime();
        using var pacer = new FramePacer(10, time);
        pacer.Wait(Stopping);
        time.Advance(TimeSpan.FromMilliseconds(950));

        for (var i = 1; i <= 9; i++) Assert.Equal(TimeSpan.FromMilliseconds(950).Ticks, pacer.Wait(Stopping));
        Assert.Equal(TimeSpan.FromSeconds(1).Ticks, pacer.Wait(Stopping));
    }

    [Fact]
    public void After_a_long_sleep_a_new_schedule_begins_instead_of_a_burst()
    {
        var time = new SelfAdvancingTime();
        using var pacer = new FramePacer(10, time);
        pacer.Wait(Stopping);
        time.Advance(TimeSpan.FromHours(8));

        var first = TimeSpan.FromTicks(pacer.Wait(Stopping));
        var second = TimeSpan.FromTicks(pacer.Wait(Stopping));

        Assert.Equal(TimeSpan.FromHours(8), first);
        Assert.Equal(TimeSpan.FromMilliseconds(100), second - first);
    }

    [Fact]
    public async Task A_frame_that_comes_due_while_the_timer_is_set_is_not_missed()
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Stopping);
        using var pacer = new FramePacer(10, new SelfAdvancingTime { TimersFire = false });
        pacer.Wait(stop.Token);
        var next = Task.Run(() => pacer.Wait(stop.Token), Stopping);
        try
        {
            Assert.Equal(TimeSpan.FromMilliseconds(100).Ticks, await next.WaitAsync(Patience, Stopping));
        }
        finally
        {
            await stop.CancelAsync();
        }
    }

    [Fact]
    public async Task It_wakes_whether_time_passes_before_or_after_its_timer_is_set()
    {
        var time = new FakeTimeProvider();
        using var pacer = new FramePacer(30, time);
        var start = pacer.Wait(Stopping);
        for (var frame = 1; frame <= 300; frame++)
        {
            var next = Task.Run(() => pacer.Wait(Stopping), Stopping);
            var due = TimeSpan.FromMilliseconds(Math.Ceiling(frame * 1000 / 30.0));     // timers count whole milliseconds
            time.Advance(due - time.GetElapsedTime(start));

            Assert.Equal(due, time.GetElapsedTime(start, await next.WaitAsync(Patience, Stopping)));
        }
    }

    [Fact]
    public async Task No_frame_comes_before_it_is_due()
    {
        var time = new FakeTimeProvider();
        using var pacer = new FramePacer(10, time);
        pacer.Wait(Stopping);
        var next = Task.Run(() => pacer.Wait(Stopping), Stopping);
        for (var ms = 0; ms < 99; ms++)
        {
            Assert.False(next.IsCompleted);
            time.Advance(TimeSpan.FromMilliseconds(1));
        }

        time.Advance(TimeSpan.FromMilliseconds(1));
        await next.WaitAsync(Patience, Stopping);
    }

    [Fact]
    public async Task Waiting_ends_when_asked_to_stop()
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Stopping);
        using var pacer = new FramePacer(0.01, new FakeTimeProvider());
        pacer.Wait(stop.Token);
        var blocked = Task.Run(() => pacer.Wait(stop.Token), Stopping);

        await stop.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => blocked.WaitAsync(Patience, Stopping));
        Assert.ThrowsAny<OperationCanceledException>(() => pacer.Wait(stop.Token));
    }

    [Fact]
    public void Waiting_allocates_nothing_to_speak_of()
    {
        using var pacer = new FramePacer(1000, TimeProvider.System);
        using var stop = new CancellationTokenSource();
        for (var i = 0; i < 50; i++) pacer.Wait(stop.Token);

        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 100; i++) pacer.Wait(stop.Token);

        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 100 * 16);
    }
}
