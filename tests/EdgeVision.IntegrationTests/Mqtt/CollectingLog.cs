using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace EdgeVision.IntegrationTests.Mqtt;

/// <summary>Keeps what is logged.</summary>
internal sealed class CollectingLog : ILogger
{
    public ConcurrentQueue<string> Lines { get; } = new();

    /// <summary>Until <paramref name="id"/> has been logged so often.</summary>
    public async Task UntilAsync(int id, int times, TimeSpan patience)
    {
        var began = TimeProvider.System.GetTimestamp();
        while (Lines.Count(l => l.Split(' ', 3)[1] == $"{id}") < times)
        {
            Assert.True(TimeProvider.System.GetElapsedTime(began) < patience, $"{id} was not logged {times} times:\n{string.Join('\n', Lines)}");
            await Task.Delay(TimeSpan.FromMilliseconds(20), TimeProvider.System, TestContext.Current.CancellationToken);
        }
    }

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => true;

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
        Lines.Enqueue($"{logLevel} {eventId.Id} {formatter(state, exception)}");
}
