namespace EdgeVision.Module;

/// <summary>
/// How the 10 s that a stop may take are shared out, each part used up only by something that hangs: cameras 3 s (<see cref="Supervisor"/>),
/// the last event 0.5 s, delivery 4 s and 1 s for its goodbye, the outbox until 7.5 s, and 1 s more to leave a dead disk behind.
/// </summary>
internal static class StopTime
{
    /// <summary>What is not out by then lies in the outbox.</summary>
    public static readonly TimeSpan Delivery = TimeSpan.FromSeconds(4);

    private static readonly TimeSpan Disk = TimeSpan.FromSeconds(7.5);

    /// <summary>For what is appended while cameras and node stop.</summary>
    public static readonly TimeSpan LastEvent = TimeSpan.FromSeconds(0.5);

    /// <summary>Fires when the outbox must give up on a disk that refuses. Taken as the stop begins; caller disposes.</summary>
    public static CancellationTokenSource Deadline(TimeProvider time) => new(Disk, time);

    /// <summary>Waits for the last event, but not for a full disk: the outbox tries that again while it closes, and tells what it lost.</summary>
    public static Task ForDiskAsync(ValueTask<long> append, TimeProvider time) => Task.WhenAny(append.AsTask(), Task.Delay(LastEvent, time));
}
