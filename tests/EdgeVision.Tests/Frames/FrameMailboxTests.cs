using EdgeVision.Frames;
using EdgeVision.Tests.Doubles;
using Microsoft.Extensions.Time.Testing;

namespace EdgeVision.Tests.Frames;

public sealed class FrameMailboxTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly FramePool _pool = new();
    private readonly FakeTimeProvider _time = new();
    private readonly CameraTelemetry _telemetry = new("door");

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(1, new long[] { 5 })]
    [InlineData(2, new long[] { 4, 5 })]
    public async Task Mailbox_keeps_the_newest_frame_when_the_reader_is_slow(int capacity, long[] kept)
    {
        using var script = new ScriptedSource(_pool, _time, frames: 5);
        using var source = new WatchedSource(script);
        await using (var mailbox = FrameMailbox.Open(source, capacity, _telemetry, Stop))
        {
            script.Allow(5);
            await source.AskedAsync(6, Stop);
            script.Allow();     // the end

            Assert.Equal(kept, await ReadAllAsync(mailbox));
        }

        Assert.Equal((5, 5 - kept.Length), (_telemetry.Captured, _telemetry.Dropped));
        Assert.Equal(0, _pool.Rented);
    }

    [Fact]
    public async Task Frames_that_the_rate_cap_leaves_out_are_paced_and_push_nothing_out()
    {
        using var script = new ScriptedSource(_pool, _time, frames: 4);
        using var source = new WatchedSource(script);
        await using (var mailbox = FrameMailbox.Open(source, new FrameRateCap(1, _time), capacity: 1, _telemetry, Stop))
        {
            for (var i = 1; i <= 4; i++)
            {
                script.Allow();
                await source.AskedAsync(i == 1 ? 2 : 1, Stop);     // it asks for the next when it is done with this one
                _time.Advance(TimeSpan.FromMilliseconds(100));
            }

            script.Allow();     // the end

            Assert.Equal([1], await ReadAllAsync(mailbox));     // the reader was slow; what came meanwhile was not for it
        }

        Assert.Equal((4, 3, 0), (_telemetry.Captured, _telemetry.Paced, _telemetry.Dropped));
        Assert.Equal(0, _pool.Rented);
    }

    [Fact]
    public async Task Mailbox_gives_every_frame_to_a_reader_that_keeps_up()
    {
        using var source = new ScriptedSource(_pool, _time, frames: 100);
        var read = new List<long>();
        await using (var mailbox = FrameMailbox.Open(source, capacity: 1, _telemetry, Stop))
        {
            source.Allow();
            await foreach (var frame in mailbox.ReadAllAsync())
            {
                using (frame) read.Add(frame.Sequence);
                source.Allow();
            }
        }

        Assert.Equal(Enumerable.Range(1, 100).Select(i => (long)i), read);
        Assert.Equal((100, 0), (_telemetry.Captured, _telemetry.Dropped));
        Assert.Equal(0, _pool.Rented);
    }

    [Fact]
    public async Task Source_failure_reaches_the_reader_after_the_frames_it_gave()
    {
        var failure = new CaptureException("The camera was unplugged.");
        using var script = new ScriptedSource(_pool, _time, frames: 2, failure);
        using var source = new WatchedSource(script);
        var read = new List<long>();
        await using (var mailbox = FrameMailbox.Open(source, capacity: 2, _telemetry, Stop))
        {
            script.Allow(3);
            await source.AskedAsync(3, Stop);
            var thrown = await Assert.ThrowsAsync<CaptureException>(async () =>
            {
                await foreach (var frame in mailbox.ReadAllAsync())
                {
                    using (frame) read.Add(frame.Sequence);
                }
            });
            Assert.Same(failure, thrown);
        }

        Assert.Equal([1, 2], read);
        Assert.Equal(0, _pool.Rented);
    }

    [Fact]
    public async Task A_failure_that_is_a_bug_reaches_the_reader_too()
    {
        using var source = new ScriptedSource(_pool, _time, frames: 0, new InvalidOperationException("a bug"));
        source.Allow();
        await using var mailbox = FrameMailbox.Open(source, capacity: 1, _telemetry, Stop);

        await Assert.ThrowsAsync<InvalidOperationException>(() => ReadAllAsync(mailbox));
    }

    [Fact]
    public async Task Cancellation_the_mailbox_did_not_ask_for_is_a_failure()
    {
        using var source = new ScriptedSource(_pool, _time, frames: 0, new OperationCanceledException("the driver gave up"));
        source.Allow();
        await using var mailbox = FrameMailbox.Open(source, capacity: 1, _telemetry, Stop);

        var failure = await Assert.ThrowsAsync<CaptureException>(() => ReadAllAsync(mailbox));
        Assert.Contains("the driver gave up", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Disposal_ends_a_source_that_blocks()
    {
        using var script = new ScriptedSource(_pool, _time, frames: 3);
        using var source = new WatchedSource(script);
        var mailbox = FrameMailbox.Open(source, capacity: 2, _telemetry, Stop);
        script.Allow(2);
        await source.AskedAsync(3, Stop);

        await mailbox.DisposeAsync().AsTask().WaitAsync(Patience, Stop);

        Assert.Equal(2, _telemetry.Captured);
        Assert.Equal(0, _pool.Rented);
    }

    [Fact]
    public async Task Disposal_during_a_flood_leaks_nothing()
    {
        for (var round = 0; round < 20; round++)
        {
            using var source = new ScriptedSource(_pool, _time, frames: int.MaxValue);
            source.Allow(1_000_000);
            var mailbox = FrameMailbox.Open(source, capacity: 2, _telemetry, Stop);
            await foreach (var frame in mailbox.ReadAllAsync())
            {
                frame.Dispose();
                break;
            }

            await mailbox.DisposeAsync().AsTask().WaitAsync(Patience, Stop);
            Assert.Equal(0, _pool.Rented);
        }
    }

    [Fact]
    public async Task The_reader_owns_what_it_read_even_after_the_mailbox_is_gone()
    {
        using var source = new ScriptedSource(_pool, _time, frames: 2);
        source.Allow();
        Frame? mine = null;
        await using (var mailbox = FrameMailbox.Open(source, capacity: 1, _telemetry, Stop))
        {
            await foreach (var frame in mailbox.ReadAllAsync())
            {
                mine = frame;
                break;
            }
        }

        Assert.Equal(64 * 48 * 3, mine!.Pixels.Length);
        Assert.Equal(1, _pool.Rented);
        mine.Dispose();
        Assert.Equal(0, _pool.Rented);
    }

    [Fact]
    public async Task Disposing_twice_is_harmless()
    {
        using var source = new ScriptedSource(_pool, _time, frames: 1);
        var mailbox = FrameMailbox.Open(source, capacity: 1, _telemetry, Stop);

        await Task.WhenAll(mailbox.DisposeAsync().AsTask(), mailbox.DisposeAsync().AsTask()).WaitAsync(Patience, Stop);
        await mailbox.DisposeAsync().AsTask().WaitAsync(Patience, Stop);

        Assert.Equal(0, _pool.Rented);
    }

    [Fact]
    public async Task The_callers_stop_ends_capture_and_reading()
    {
        using var stopping = CancellationTokenSource.CreateLinkedTokenSource(Stop);
        using var script = new ScriptedSource(_pool, _time, frames: 3);
        using var source = new WatchedSource(script);
        await using (var mailbox = FrameMailbox.Open(source, capacity: 1, _telemetry, stopping.Token))
        {
            script.Allow();
            await source.AskedAsync(2, Stop);
            await stopping.CancelAsync();

            // Not an error: the frame that waits is given, then the frames end.
            Assert.Equal([1], await ReadAllAsync(mailbox));
        }

        Assert.Equal(0, _pool.Rented);
    }

    private static async Task<List<long>> ReadAllAsync(FrameMailbox mailbox)
    {
        var sequences = new List<long>();
        await foreach (var frame in mailbox.ReadAllAsync())
        {
            using (frame) sequences.Add(frame.Sequence);
        }

        return sequences;
    }
}
