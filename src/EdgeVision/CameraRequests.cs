using EdgeVision.Events;
using EdgeVision.Frames;

namespace EdgeVision;

/// <summary>
/// What people far away ask of one camera: to pause, its next picture, one detection at once. Outlives the camera's restarts; its loop looks here at every
/// frame, which costs nothing while nobody asks. Any thread.
/// </summary>
public sealed class CameraRequests(string camera)
{
    // Kept by nobody: pictures are asked for now and then.
    private readonly FramePool _pool = new(retained: 0);
    private readonly Waiting<Frame> _pictures = new();
    private readonly Waiting<FrameEvent> _looks = new();
    private volatile bool _isPaused;

    public string Camera => camera;

    /// <summary>The device stays open, and no frame is looked at.</summary>
    public bool IsPaused => _isPaused;

    /// <summary>Buffers of pictures that were given away and not disposed.</summary>
    internal int Rented => _pool.Rented;

    /// <summary>Somebody waits for a detection: the next frame is looked at whatever else holds.</summary>
    internal bool WantsLook => !_looks.IsEmpty;

    /// <summary>False when it was paused before.</summary>
    public bool Pause() => !Interlocked.Exchange(ref _isPaused, true);

    /// <summary>False when it was not paused.</summary>
    public bool Resume() => Interlocked.Exchange(ref _isPaused, false);

    /// <summary>A copy of the next frame that the camera loop takes, as the camera gave it, its masks waiting at the pixels; of a paused camera too. Caller disposes.</summary>
    /// <exception cref="OperationCanceledException">No frame came before <paramref name="stopping"/> fired.</exception>
    public Task<Frame> NextFrameAsync(CancellationToken stopping) => _pictures.NextAsync(stopping);

    /// <summary>
    /// One detection on the next frame that can be used, though the camera is paused, its gate closed, nothing moves or no event is due: what it shows
    /// becomes an event in any case, which is this one.
    /// </summary>
    /// <exception cref="OperationCanceledException">No frame went through the detector before <paramref name="stopping"/> fired.</exception>
    public Task<FrameEvent> NextDetectionAsync(CancellationToken stopping) => _looks.NextAsync(stopping);

    /// <summary>The loop has taken a frame, which stays its own.</summary>
    internal void Show(Frame frame)
    {
        if (_pictures.IsEmpty) return;
        foreach (var asked in _pictures.TakeAll())
        {
            // Without the pulses, which are the loop's to answer.
            var copy = frame.Clone(_pool, []);
            if (!asked.TrySetResult(copy)) copy.Dispose();
        }
    }

    /// <summary>The loop has looked because somebody <see cref="WantsLook"/>.</summary>
    internal void Tell(FrameEvent seen)
    {
        foreach (var asked in _looks.TakeAll()) asked.TrySetResult(seen);
    }

    /// <summary>Who waits for the next one. Who gives up is forgotten, or a camera without frames would gather them.</summary>
    private sealed class Waiting<T>
    {
        private readonly Lock _gate = new();
        private readonly List<TaskCompletionSource<T>> _all = [];
        private volatile int _count;

        public bool IsEmpty => _count == 0;

        public async Task<T> NextAsync(CancellationToken stopping)
        {
            var asked = new TaskCompletionSource<T>(TaskCreationOptions.RunContinuationsAsynchronously);
            lock (_gate)
            {
                _all.Add(asked);
                _count = _all.Count;
            }

            // One outcome: a result that comes too late finds the task cancelled, and stays with who made it.
            await using var givenUp = stopping.UnsafeRegister(_ => GiveUp(asked, stopping), null).ConfigureAwait(false);
            return await asked.Task.ConfigureAwait(false);
        }

        public TaskCompletionSource<T>[] TakeAll()
        {
            lock (_gate)
            {
                TaskCompletionSource<T>[] all = [.. _all];
                _all.Clear();
                _count = 0;
                return all;
            }
        }

        private void GiveUp(TaskCompletionSource<T> asked, CancellationToken stopping)
        {
            if (!asked.TrySetCanceled(stopping)) return;
            lock (_gate)
            {
                _all.Remove(asked);
                _count = _all.Count;
            }
        }
    }
}
