using System.Collections.Concurrent;
using EdgeVision.Frames;
using EdgeVision.Triggers;

namespace EdgeVision.Tests.Doubles;

/// <summary>A line that pulses when the test says so, and fails when the test says so.</summary>
internal sealed class ScriptedTrigger : ITriggerSource
{
    private readonly BlockingCollection<object> _script = [];
    private readonly SemaphoreSlim _asked = new(0);

    public void Pulse(long number, long timestamp) => _script.Add(new TriggerEdge(number, timestamp));

    public void Fail(string sentence) => _script.Add(new CaptureException(sentence));

    /// <summary>Until it has been asked so many more times: at the (n + 1)th time n pulses have been taken.</summary>
    public async Task AskedAsync(int times)
    {
        for (var i = 0; i < times; i++) Assert.True(await _asked.WaitAsync(TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken), "It was never asked.");
    }

    public TriggerEdge Read(CancellationToken stopping)
    {
        _asked.Release();
        return _script.Take(stopping) switch
        {
            TriggerEdge edge => edge,
            var failure => throw (Exception)failure,
        };
    }

    public void Dispose()
    {
        _script.Dispose();
        _asked.Dispose();
    }
}
