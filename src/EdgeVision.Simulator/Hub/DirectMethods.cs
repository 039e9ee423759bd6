using System.Collections.Concurrent;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace EdgeVision.Simulator.Hub;

/// <summary>Calls under way, by request id. Any thread.</summary>
internal sealed class DirectMethods(TimeProvider time)
{
    private readonly ConcurrentDictionary<string, PendingCall> _pending = new(StringComparer.Ordinal);

    private sealed record PendingCall(ModuleIdentity Module, TaskCompletionSource<MethodAnswer> Answer);

    /// <param name="send">Sends the request with the id given; false means that nobody will ever answer.</param>
    public async Task<MethodAnswer> CallAsync(ModuleIdentity module, Func<string, Task<bool>> send, TimeSpan timeout)
    {
        var requestId = Guid.NewGuid().ToString();
        var call = new PendingCall(module, new TaskCompletionSource<MethodAnswer>(TaskCreationOptions.RunContinuationsAsynchronously));
        _pending[requestId] = call;
        try
        {
            if (!await send(requestId).ConfigureAwait(false)) return Silence($"{module} is not connected, or has not subscribed to $iothub/methods/POST/#.");
            return await call.Answer.Task.WaitAsync(timeout, time).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            return Silence($"{module} did not answer within {timeout.TotalSeconds} s.");
        }
        finally
        {
            _pending.TryRemove(requestId, out _);
        }
    }

    /// <summary>False when nobody waits: too late, answered already, or another module's call.</summary>
    public bool TryAnswer(ModuleIdentity module, string requestId, int status, ReadOnlySpan<byte> payload)
    {
        if (!_pending.TryGetValue(requestId, out var call) || call.Module != module) return false;
        return call.Answer.TrySetResult(new MethodAnswer(status, Read(payload)));
    }

    private static MethodAnswer Silence(string why) => new(MethodAnswer.NoAnswer, new JsonObject { ["message"] = why });

    /// <summary>What is no JSON is shown as text.</summary>
    private static JsonNode? Read(ReadOnlySpan<byte> payload)
    {
        if (payload.IsEmpty) return null;
        try
        {
            return JsonNode.Parse(payload);
        }
        catch (JsonException)
        {
            return JsonValue.Create(System.Text.Encoding.UTF8.GetString(payload));
        }
    }
}
