using System.Threading.Channels;

namespace EdgeVision.Frames;

/// <summary>
/// Between the capture thread, which it owns, and the camera loop. The newest frames win: when the reader is slower than the camera the
/// oldest waiting frame is disposed and counted. Reading a frame makes the reader its owner. What the rate cap leaves out never gets here:
/// it would push out a frame that counts, and pass for one that detection was too slow for.
/// </summary>
public sealed class FrameMailbox : IAsyncDisposable
{
    private readonly IFrameSource _source;
    private readonly FrameRateCap? _rate;
    private readonly CameraTelemetry _telemetry;
    private readonly FrameLoss? _lost;
    private readonly CancellationTokenSource _stop;
    private readonly Channel<Frame> _channel;
    private readonly CancellationTokenRegistration _stopped;
    private readonly TaskCompletionSource _captureEnded = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _disposed;

    private FrameMailbox(IFrameSource source, FrameRateCap? rate, int capacity, CameraTelemetry telemetry, FrameLoss? lost, CancellationToken stopping)
    {
        _source = source;
        _lost = lost;
        _rate = rate;
        _telemetry = telemetry;
        _stop = CancellationTokenSource.CreateLinkedTokenSource(stopping);
        // Capacity: 1 for the lowest latency, 2 to ride out a late camera loop, more where each frame has a pulse that asks for it. Full: drop the oldest. One reader, one writer.
        _channel = Channel.CreateBounded<Frame>(
            new BoundedChannelOptions(capacity) { FullMode = BoundedChannelFullMode.DropOldest, SingleReader = true, SingleWriter = true },
            dropped =>
            {
                _lost?.Invoke(dropped, gaveWay: true);
                dropped.Dispose();
                _telemetry.CountDropped();
            });
        _stopped = stopping.UnsafeRegister(static channel => ((Channel<Frame>)channel!).Writer.TryComplete(), _channel);
    }

    /// <summary>Every frame of the source may go on.</summary>
    public static FrameMailbox Open(IFrameSource source, int capacity, CameraTelemetry telemetry, CancellationToken stopping) => Open(source, rate: null, capacity, telemetry, stopping);

    /// <summary>Starts the capture thread. <paramref name="source"/> stays the caller's to dispose, after the mailbox.</summary>
    /// <param name="source">Gives frames.</param>
    /// <param name="rate">Leaves frames out; null for none.</param>
    /// <param name="capacity">Frames that may wait; at least 1.</param>
    /// <param name="telemetry">Counts.</param>
    /// <param name="stopping">Ends it.</param>
    /// <param name="lost">Told of each frame that came in and that nobody will read.</param>
    public static FrameMailbox Open(IFrameSource source, FrameRateCap? rate, int capacity, CameraTelemetry telemetry, CancellationToken stopping, FrameLoss? lost = null)
    {
        ArgumentNullException.ThrowIfNull(source);
        ArgumentNullException.ThrowIfNull(telemetry);
        var mailbox = new FrameMailbox(source, rate, capacity, telemetry, lost, stopping);
        // A thread of its own: the source blocks in the driver, which would starve the pool of a two-core node.
        new Thread(mailbox.Capture) { IsBackground = true, Name = $"capture {telemetry.Camera}" }.Start();
        return mailbox;
    }

    /// <summary>
    /// Frames as they come, until the source ends or the mailbox's token stops it. A failed source throws its own exception here, once what it
    /// gave is read.
    /// </summary>
    // Without a token of its own: the channel would allocate at each wait for a frame.
    public IAsyncEnumerable<Frame> ReadAllAsync() => _channel.Reader.ReadAllAsync(CancellationToken.None);

    /// <summary>Stops the capture thread, waits for it, and disposes the frames nobody read. The second time it only waits.</summary>
    public async ValueTask DisposeAsync()
    {
        var first = Interlocked.Exchange(ref _disposed, 1) == 0;
        if (first) await _stop.CancelAsync().ConfigureAwait(false);
        await _captureEnded.Task.ConfigureAwait(false);
        if (!first) return;
        await _stopped.DisposeAsync().ConfigureAwait(false);
        while (_channel.Reader.TryRead(out var frame)) GiveUp(frame);
        _stop.Dispose();
    }

    /// <summary>The reader is gone.</summary>
    private void GiveUp(Frame frame)
    {
        _lost?.Invoke(frame, gaveWay: false);
        frame.Dispose();
    }

    private void Capture()
    {
        Exception? failure = null;
        try
        {
            while (!_stop.IsCancellationRequested && _source.TryRead(out var frame, _stop.Token))
            {
                _telemetry.CountCaptured();
                if (_rate?.Allows(frame.Timestamp) == false)
                {
                    _telemetry.CountPaced();
                    frame.Dispose();
                }
                else if (!_channel.Writer.TryWrite(frame))
                {
                    GiveUp(frame);
                }
            }
        }
        catch (OperationCanceledException) when (_stop.IsCancellationRequested)
        {
            // Asked to stop while waiting for the camera: not a failure.
        }
        catch (OperationCanceledException e)
        {
            // Nobody asked: as a cancellation it would pass for the end of the camera.
            failure = new CaptureException($"The camera gave up by itself: {e.Message}", e);
        }
#pragma warning disable CA1031 // Whatever the source threw belongs to the reader, who rises it to the supervisor.
        catch (Exception e)
#pragma warning restore CA1031
        {
            failure = e;
        }

        _channel.Writer.TryComplete(failure);
        _captureEnded.TrySetResult();
    }
}
