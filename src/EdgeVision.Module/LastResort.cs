using System.Runtime.InteropServices;

namespace EdgeVision.Module;

/// <summary>
/// What must be done even when the process ends without coming to its end: an exception that nobody caught, a second Ctrl-C, a terminal
/// that hangs up. A kill -9, the OOM killer and a power cut leave nobody to do it.
/// </summary>
internal sealed class LastResort : IDisposable
{
    /// <summary>A line whose driver hangs must not keep the process that somebody wants dead.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(1);

    private readonly Action _act;
    private readonly PosixSignalRegistration[] _signals;
    private int _asked;

    /// <param name="act">Runs on a thread of its own, and may run more than once.</param>
    public LastResort(Action act)
    {
        _act = act;
        AppDomain.CurrentDomain.ProcessExit += OnExit;
        AppDomain.CurrentDomain.UnhandledException += OnCrash;
        _signals =
        [
            PosixSignalRegistration.Create(PosixSignal.SIGTERM, OnStop),
            PosixSignalRegistration.Create(PosixSignal.SIGINT, OnStop),
            PosixSignalRegistration.Create(PosixSignal.SIGQUIT, OnStop),
            PosixSignalRegistration.Create(PosixSignal.SIGHUP, _ => Act()),
        ];
    }

    public void Dispose()
    {
        AppDomain.CurrentDomain.ProcessExit -= OnExit;
        AppDomain.CurrentDomain.UnhandledException -= OnCrash;
        foreach (var signal in _signals) signal.Dispose();
    }

    private void OnExit(object? sender, EventArgs e) => Act();

    private void OnCrash(object sender, UnhandledExceptionEventArgs e) => Act();

    /// <summary>The first asks for a stop, which ends in order; the second ends the process as soon as its handlers return.</summary>
    private void OnStop(PosixSignalContext context)
    {
        if (Interlocked.Increment(ref _asked) > 1) Act();
    }

    private void Act()
    {
        var thread = new Thread(() => _act()) { IsBackground = true, Name = "last resort" };
        thread.Start();
        thread.Join(Patience);
    }
}
