using System.Threading.Channels;
using EdgeVision.Events;

namespace EdgeVision.Tests.Doubles;

/// <summary>Takes events, in order, for a test that waits for them.</summary>
internal sealed class CollectedEvents
{
    private readonly Channel<VisionEvent> _events = Channel.CreateUnbounded<VisionEvent>();

    public Task TakeAsync(IReadOnlyList<VisionEvent> events)
    {
        Assert.NotEmpty(events);
        foreach (var happened in events) _events.Writer.TryWrite(happened);
        return Task.CompletedTask;
    }

    public async Task<T> NextAsync<T>()
        where T : VisionEvent
    {
        var happened = await _events.Reader.ReadAsync(TestContext.Current.CancellationToken).AsTask().WaitAsync(TimeSpan.FromSeconds(30));
        return Assert.IsType<T>(happened);
    }

    /// <summary>What nobody waited for.</summary>
    public List<VisionEvent> Rest()
    {
        var rest = new List<VisionEvent>();
        while (_events.Reader.TryRead(out var happened)) rest.Add(happened);
        return rest;
    }
}
