using Microsoft.ML.OnnxRuntime;

namespace EdgeVision.Onnx;

/// <summary>
/// The sessions of a model. A single one serves all detectors at the same time, as ONNX Runtime allows. Of several, each serves one frame at a time,
/// and who has waited longest is next, so that no camera starves another. Thread-safe; leasing allocates nothing.
/// </summary>
internal sealed class SessionPool : IDisposable
{
    private readonly InferenceSession[] _sessions;
    private readonly Stack<int> _free;
    private readonly Queue<SessionTurn> _waiting = new();
    private readonly Lock _gate = new();
    private int _turns;

    /// <param name="sessions">At least one; the pool's from now on.</param>
    public SessionPool(InferenceSession[] sessions)
    {
        _sessions = sessions;
        _free = new Stack<int>(Enumerable.Range(0, sessions.Length).Reverse());
    }

    public int Count => _sessions.Length;

    public InferenceSession this[int session] => _sessions[session];

    /// <summary>Detectors that wait for a session just now.</summary>
    public int Waiting
    {
        get
        {
            lock (_gate) return _waiting.Count;
        }
    }

    /// <summary>Silent: what fails is told by who asked.</summary>
    public RunOptions RunOptions { get; } = new() { LogSeverityLevel = OrtLoggingLevel.ORT_LOGGING_LEVEL_FATAL };

    /// <summary>The caller disposes it.</summary>
    public SessionTurn CreateTurn()
    {
        lock (_gate) _waiting.EnsureCapacity(++_turns);
        return new SessionTurn();
    }

    /// <summary>Blocks until a session is free. To be followed by <see cref="GiveBack"/>.</summary>
    public int Take(SessionTurn turn)
    {
        if (_sessions.Length == 1) return 0;
        lock (_gate)
        {
            if (_free.TryPop(out var session)) return session;
            _waiting.Enqueue(turn);
        }

        return turn.Wait();
    }

    public void GiveBack(int session)
    {
        if (_sessions.Length == 1) return;
        lock (_gate)
        {
            // Handed over, not put down: a camera that comes just now must not overtake.
            if (_waiting.TryDequeue(out var next)) next.Come(session);
            else _free.Push(session);
        }
    }

    public void Dispose()
    {
        RunOptions.Dispose();
        foreach (var session in _sessions) session.Dispose();
    }
}
