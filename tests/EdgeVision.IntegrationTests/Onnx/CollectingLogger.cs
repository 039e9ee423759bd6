using Microsoft.Extensions.Logging;

namespace EdgeVision.IntegrationTests.Onnx;

/// <summary>Keeps what was said.</summary>
internal sealed class CollectingLogger : ILogger
{
    public List<(int Id, string Message)> Entries { get; } = [];

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => true;

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
        Entries.Add((eventId.Id, formatter(state, exception)));
}
