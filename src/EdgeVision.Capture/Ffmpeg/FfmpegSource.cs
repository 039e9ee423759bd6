using System.Diagnostics.CodeAnalysis;
using EdgeVision.Capture.Replay;
using EdgeVision.Frames;

namespace EdgeVision.Capture.Ffmpeg;

/// <summary>
/// A stream or video file, played by ffmpeg in a process of its own: what it decodes comes from outside, and what that may do to it stays
/// there. A live stream that ends is lost; a recording is played at its own rate and ends, or begins again with whatever lies there then.
/// </summary>
internal sealed class FfmpegSource : IFrameSource
{
    private readonly FfmpegRequest _request;
    private readonly FfmpegProgram _program;
    private readonly FramePool _pool;
    private readonly TimeProvider _time;
    private readonly FrameClock _clock;
    private readonly StreamClock _streamClock;
    private readonly FramePacer _pacer;
    private FfmpegStream _stream;
    private long _sequence;
    private TimeSpan _passStart;
    private TimeSpan? _firstOfPass;
    private TimeSpan _due;
    private TimeSpan _interval = TimeSpan.FromMilliseconds(40);

    /// <summary>Starts ffmpeg; whether the camera answers shows at the first frame.</summary>
    /// <exception cref="CaptureException">There is no such file, or ffmpeg cannot be started.</exception>
    public FfmpegSource(FfmpegRequest request, FfmpegProgram program, FramePool pool, TimeProvider time)
    {
        (_request, _program, _pool, _time) = (request, program, pool, time);
        _clock = new FrameClock(time);
        _streamClock = new StreamClock(time);
        _stream = Start();
        _pacer = new FramePacer(request.Options.Fps > 0 ? request.Options.Fps : 1, time);
    }

    /// <summary>Of the ffmpeg that runs now.</summary>
    public int ProcessId => _stream.ProcessId;

    public bool TryRead([NotNullWhen(true)] out Frame? frame, CancellationToken stopping)
    {
        frame = null;
        stopping.ThrowIfCancellationRequested();
        FrameFormat format;
        TimeSpan at;
        FrameBuffer? pixels;
        while (!_stream.TryRead(out format, out at, out pixels, stopping))
        {
            if (_request.Options.Live) throw new CaptureException($"'{_request}': the server ended the stream; check that the camera is on and not being restarted.");
            if (!_request.Options.Loop) return false;
            BeginAgain();
        }

        try
        {
            var timestamp = _request.Options.Live ? _streamClock.Map(at) : WaitUntilDue(at, stopping);
            frame = new Frame(pixels, format, format.SizeInBytes, ++_sequence, _clock.ToUtc(timestamp), timestamp);
            return true;
        }
        catch
        {
            pixels.Return();
            throw;
        }
    }

    public void Dispose()
    {
        _stream.Dispose();
        _pacer.Dispose();
    }

    public override string ToString() => _request.Address is null ? $"video {_request}" : $"{(_request.Options.Live ? "stream" : "video")} {_request}";

    private void BeginAgain()
    {
        _stream.Dispose();
        _stream = Start();
        _passStart = _due + _interval;
        _firstOfPass = null;
    }

    private FfmpegStream Start()
    {
        if (_request.Address is null)
        {
            if (RegularFile.Otherwise(_request.Path) is { } other) throw new CaptureException($"'{_request.Path}' is {other}, a video file was expected; name a regular file.");
            if (!File.Exists(_request.Path)) throw new CaptureException($"There is no file '{_request.Path}'; name an existing video.");
        }

        return new FfmpegStream(_request, _program, _pool, _time);
    }

    private long WaitUntilDue(TimeSpan at, CancellationToken stopping)
    {
        if (_request.Options.Fps > 0) return _pacer.Wait(stopping);
        _firstOfPass ??= at;
        var due = _passStart + (at - _firstOfPass.Value);
        if (due > _due && _sequence > 0) _interval = due - _due;
        _due = due;
        return _pacer.WaitUntil(due, stopping);
    }
}
