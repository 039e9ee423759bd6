using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace EdgeVision.Tests.Delivery;

/// <summary>Keeps what is said, and lets a test wait for it.</summary>
public sealed class CollectingLogger : ILogger
{
    private readonly ConcurrentQueue<(int Id, LogLevel Level, string Text)> _lines = new();
    private readonly SemaphoreSlim _said = new(0);

    public IReadOnlyList<(int Id, LogLevel Level, string Text)> Lines => [.. _lines];

    public IReadOnlyList<string> Of(int id) => [.. _lines.Where(l => l.Id == id).Select(l => l.Text)];

    public async Task<string> HearAsync(int id)
    {
        while (Of(id).Count == 0) Assert.True(await _said.WaitAsync(OutboxRoom.Patience, TestContext.Current.CancellationToken), $"Nothing was logged with id {id}.");
        return Of(id)[0];
    }

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => true;

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        _lines.Enqueue((eventId.Id, logLevel, formatter(state, exception)));
        _said.Release();
    }
}
