using Microsoft.Extensions.Logging;

namespace EdgeVision.Delivery;

public sealed partial class DeliveryLoop
{
    [LoggerMessage(EventIds.DeliveryStarted, LogLevel.Debug, "Delivery to {Sink} starts with {Depth} events waiting.")]
    private static partial void Started(ILogger logger, string sink, long depth);

    [LoggerMessage(EventIds.BacklogFound, LogLevel.Information, "{Sink} has {Count} events to catch up with, {Order}.")]
    private static partial void BacklogFound(ILogger logger, string sink, long count, string order);

    [LoggerMessage(EventIds.DeliveryRetry, LogLevel.Warning,
        "{Sink} takes no events ({Reason}); they are kept and tried again, next in {Seconds:0.0} s. {Depth} events wait.")]
    private static partial void Retrying(ILogger logger, string sink, string reason, double seconds, long depth);

    [LoggerMessage(EventIds.DeliveryRecovered, LogLevel.Information, "{Sink} takes events again after {Seconds:0.0} s and {Attempts} attempts; {Depth} wait.")]
    private static partial void Recovered(ILogger logger, string sink, double seconds, int attempts, long depth);

    [LoggerMessage(EventIds.EventRejected, LogLevel.Warning,
        "{Sink} refused {Count} events for good, the last with sequence {Sequence}: {Reason}. They are kept as dead letters in the outbox.")]
    private static partial void Rejected(ILogger logger, string sink, int count, long sequence, string reason);

    [LoggerMessage(EventIds.EventRejectedMore, LogLevel.Warning, "{Sink} refused {Count} more events for good. They are kept as dead letters in the outbox.")]
    private static partial void RejectedMore(ILogger logger, string sink, int count);
}
