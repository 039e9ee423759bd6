using EdgeVision.Capture;
using EdgeVision.Capture.V4l2.Controls;
using EdgeVision.Frames;
using EdgeVision.Imaging;
using Microsoft.Extensions.Logging;

namespace EdgeVision.Module;

/// <summary>All cameras of the node; which, and how, may change while it runs.</summary>
/// <param name="shared">What they have in common.</param>
/// <param name="mayGrow">A node that can be told of cameras while it runs does not end for want of one.</param>
internal sealed partial class Cameras(SharedParts shared, bool mayGrow) : IAsyncDisposable
{
    private readonly Dictionary<string, RunningCamera> _running = new(StringComparer.OrdinalIgnoreCase);
    private readonly Lock _gate = new();
    private readonly ILogger _log = shared.Logs.CreateLogger("camera");
    private SharedParts _shared = shared;
    private TaskCompletionSource _changed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _threads;
    private bool _isDisposed;

    public void Start(EdgeVisionOptions options)
    {
        JpegDecodedBy(_log, JpegDecoder.Codec);
        lock (_gate)
        {
            foreach (var (name, camera) in options.Cameras) Begin(name, camera);
        }
    }

    /// <summary>
    /// Becomes what <paramref name="options"/> says: cameras that are gone are closed, new ones opened, and of the others those that cannot take their new
    /// settings between two frames are opened anew, which are all of them when <paramref name="next"/> differs from what they have in common now.
    /// </summary>
    public async Task ApplyAsync(EdgeVisionOptions options, SharedParts next)
    {
        List<RunningCamera> closing = [];
        lock (_gate)
        {
            if (_isDisposed) return;
            foreach (var (name, running) in _running.ToList())
            {
                var wanted = options.Cameras.GetValueOrDefault(name);
                if (wanted is not null && next == _shared && running.TryTake(wanted)) continue;
                _running.Remove(name);
                closing.Add(running);
            }
        }

        // A device and a line have one owner: nothing is opened before what is gone has let go.
        await Task.WhenAll(closing.Select(c => c.DisposeAsync().AsTask()));
        lock (_gate)
        {
            if (_isDisposed) return;
            _shared = next;
            foreach (var camera in _shared.Telemetry.Cameras.Where(c => !options.Cameras.ContainsKey(c.Camera)).ToList()) _shared.Telemetry.Forget(camera.Camera);
            foreach (var (name, camera) in options.Cameras.Where(c => !_running.ContainsKey(c.Key))) Begin(name, camera);
            _changed.TrySetResult();
            _changed = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        }
    }

    /// <summary>Until every camera has come to its end, or <paramref name="stopping"/> fires.</summary>
    public async Task UntilEndedAsync(CancellationToken stopping)
    {
        try
        {
            while (true)
            {
                var (ended, changed) = Ends();
                await Task.WhenAny(ended, changed).WaitAsync(stopping);
                if (!changed.IsCompleted) return;
            }
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            // Being asked to stop is how a module ends.
        }
    }

    public async ValueTask DisposeAsync()
    {
        List<RunningCamera> closing;
        lock (_gate)
        {
            _isDisposed = true;
            closing = [.. _running.Values];
            _running.Clear();
        }

        await Task.WhenAll(closing.Select(c => c.DisposeAsync().AsTask()));
    }

    /// <summary>As it hangs and is masked; no other way leads to a camera's frames.</summary>
    /// <exception cref="CaptureException">It cannot be opened.</exception>
    public static IFrameSource Open(
        CameraOptions camera, string baseDirectory, FramePool pool, TimeProvider time, CaptureCounters? counters = null, WantedControls? controls = null, LivePrivacyMask? mask = null) =>
        CameraUri.TryParse(camera.Uri, baseDirectory, out var uri, out var error)
            ? new MountedSource(FrameSources.Open(uri, pool, time, camera.Login, OpenCvDoor.Opener, counters, controls), camera.Mounting.Orientation, mask ?? new LivePrivacyMask(PrivacyMask.Of(camera.Masks)))
            : throw new CaptureException(error);

    private (Task Ended, Task Changed) Ends()
    {
        lock (_gate)
        {
            // A camera that is being closed by new settings never ends by itself, and the change is told when they are in force.
            var ended = _running.Count == 0 && mayGrow ? new TaskCompletionSource().Task : Task.WhenAll(_running.Values.Select(c => c.Ended));
            return (ended, _changed.Task);
        }
    }

    /// <summary>Under the lock.</summary>
    private void Begin(string name, CameraOptions options)
    {
        if (_running.Count == _threads)
        {
            // Inference blocks a pool thread per camera on purpose; what delivers events must find another one at once.
            ThreadPool.GetMinThreads(out var workers, out var ports);
            ThreadPool.SetMinThreads(workers + 1, ports);
            _threads++;
        }

        var camera = new RunningCamera(name, options, _shared);
        _running.Add(name, camera);
        camera.Start();
    }

    [LoggerMessage(EventIds.JpegDecoder, LogLevel.Information, "JPEG frames are decoded by {Codec}.")]
    private static partial void JpegDecodedBy(ILogger log, string codec);
}
