namespace EdgeVision.Onnx;

/// <summary>A detector's place in the queue for a session; made once, used for every frame.</summary>
internal sealed class SessionTurn : IDisposable
{
    private readonly SemaphoreSlim _come = new(0, 1);
    private int _session;

    /// <summary>Until somebody gives a session back. No token: a frame takes milliseconds, and what ends it would have to be found in the queue.</summary>
    public int Wait()
    {
        _come.Wait();
        return _session;
    }

    public void Come(int session)
    {
        _session = session;
        _come.Release();
    }

    public void Dispose() => _come.Dispose();
}
