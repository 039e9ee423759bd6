using System.Buffers;
using System.Globalization;
using EdgeVision.Cloud.Models;
using EdgeVision.Cloud.Protocol;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace EdgeVision.Cloud;

/// <summary>The paths of the Open Inference Protocol, and <c>/metrics</c>.</summary>
/// <remarks>Open Inference Protocol, "HTTP/REST".</remarks>
internal sealed partial class CloudRoutes(ModelShelf shelf, CloudOptions options, TimeProvider time, ILogger log)
{
    private const string HeaderLength = "Inference-Header-Content-Length";

    private readonly ApiKeys _keys = new(options);

    /// <summary>New requests are welcome.</summary>
    public bool IsReady { get; set; }

    public async Task HandleAsync(HttpContext context)
    {
        try
        {
            await RouteAsync(context);
        }
        catch (BadHttpRequestException e)
        {
            await SayAsync(context, e.StatusCode, e.StatusCode == StatusCodes.Status413PayloadTooLarge
                ? $"The request is larger than {options.MaxRequestBytes / 1_000_000} MB (MaxRequestMegabytes); send less, or a smaller picture."
                : $"The request cannot be read: {e.Message}");
        }
        catch (OperationCanceledException) when (context.RequestAborted.IsCancellationRequested)
        {
            // Nobody is there to hear.
        }
#pragma warning disable CA1031 // A bug of ours is one failed request, not the end of the server.
        catch (Exception e) when (!context.Response.HasStarted)
#pragma warning restore CA1031
        {
            Broke(log, e);
            await SayAsync(context, StatusCodes.Status500InternalServerError, $"The server failed on it ({e.GetType().Name}); please report this.");
        }
    }

    private async Task RouteAsync(HttpContext context)
    {
        var parts = (context.Request.Path.Value ?? "").Split('/', StringSplitOptions.RemoveEmptyEntries);
        if (parts is ["v2", "health", var health])
        {
            var isUp = health == "live" || (health == "ready" && IsReady);
            await (health is "live" or "ready" ? SayAsync(context, isUp ? 200 : 503, null) : SayAsync(context, 404, "There is /v2/health/live and /v2/health/ready."));
            return;
        }

        if (!_keys.Allow(context.Request))
        {
            context.Response.Headers.WWWAuthenticate = "Bearer";
            await SayAsync(context, StatusCodes.Status401Unauthorized, "The key is missing or another one; send it as 'Authorization: Bearer KEY' or 'X-API-Key: KEY'.");
            return;
        }

        switch (parts)
        {
            case ["metrics"]:
                await WriteAsync(context, 200, "text/plain; version=0.0.4; charset=utf-8", CloudMetrics.Write(shelf.Models));
                break;
            case ["v2"]:
                await WriteAsync(context, 200, "application/json", MetadataWriter.OfServer());
                break;
            case ["v2", "models"]:
                await WriteAsync(context, 200, "application/json", MetadataWriter.OfShelf(shelf.Models));
                break;
            case ["v2", "models", var name, .. var rest]:
                await ModelAsync(context, name, rest);
                break;
            default:
                await SayAsync(context, 404, "There is no such path; the Open Inference Protocol begins at /v2 (docs/cloud-server.md).");
                break;
        }
    }

    private async Task ModelAsync(HttpContext context, string name, string[] rest)
    {
        var version = rest is ["versions", var wanted, ..] ? wanted : null;
        var verb = rest.Skip(version is null ? 0 : 2).ToArray();
        if (shelf.Find(name, version, out var images) is not { } model)
        {
            await SayAsync(context, 404, $"There is no model '{name}'{(version is null ? "" : $" of version '{version}'")}; there are {string.Join(", ", shelf.Models.Select(static m => $"{m.Name}@{m.Version}"))}.");
            return;
        }

        switch (verb)
        {
            case []:
                await WriteAsync(context, 200, "application/json", MetadataWriter.OfModel(model, images, shelf.VersionsOf(model.Name)));
                break;
            case ["ready"]:
                await SayAsync(context, IsReady ? 200 : 503, null);
                break;
            case ["infer"] when context.Request.Method == "POST":
                await InferAsync(context, model, images);
                break;
            case ["infer"]:
                context.Response.Headers.Allow = "POST";
                await SayAsync(context, 405, "infer is asked by POST.");
                break;
            default:
                await SayAsync(context, 404, "A model has its metadata, /ready and /infer.");
                break;
        }
    }

    private async Task InferAsync(HttpContext context, ServedModel model, bool images)
    {
        var (began, metrics) = (time.GetTimestamp(), images ? model.OfImages : model.OfTensors);
        if (!IsReady)
        {
            await AnswerAsync(context, WorkResult.Not(WorkOutcome.Late, "The server is not ready, or ends; come again in a second."));
            return;
        }

        using var limit = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted);
        limit.CancelAfter(options.Timeout);
        var (body, length) = await ReadAsync(context.Request, limit.Token);
        var result = await RunAsync(context, model, images, body.AsMemory(0, length), limit.Token);
        metrics.Answered(result.Outcome, time.GetElapsedTime(began));
        // Of a request that nobody waits for any more the model may still read the body: that one is left to the collector.
        if (result.Outcome is not WorkOutcome.Late) ArrayPool<byte>.Shared.Return(body);
    }

    private static async Task<WorkResult> RunAsync(HttpContext context, ServedModel model, bool images, ReadOnlyMemory<byte> body, CancellationToken stopping)
    {
        if (!TryJsonLength(context.Request, out var jsonLength)) return await AnswerAsync(context, WorkResult.Not(WorkOutcome.Mistaken, $"{HeaderLength} is no whole number."));
        if (InferRequestReader.Read(body, jsonLength, out var error) is not { } request) return await AnswerAsync(context, WorkResult.Not(WorkOutcome.Mistaken, error));
        var result = await model.RunAsync(request, images, stopping);
        if (result.Outcome is not WorkOutcome.Done) return await AnswerAsync(context, result);
        var name = images ? model.Name + ServedModel.Detect : model.Name;
        var (json, binary) = InferResponseWriter.Write(request, name, model.Version, result.Outputs);
        context.Response.ContentType = binary.Count == 0 ? "application/json" : "application/octet-stream";
        if (binary.Count > 0) context.Response.Headers[HeaderLength] = json.Length.ToString(CultureInfo.InvariantCulture);
        context.Response.ContentLength = json.Length + binary.Sum(static b => (long)b.Data.Length);
        await context.Response.Body.WriteAsync(json, context.RequestAborted);
        foreach (var output in binary) await context.Response.Body.WriteAsync(output.Data, context.RequestAborted);
        return result;
    }

    private static bool TryJsonLength(HttpRequest request, out int? length)
    {
        length = null;
        if (!request.Headers.TryGetValue(HeaderLength, out var text)) return true;
        if (!int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number)) return false;
        length = number;
        return true;
    }

    /// <summary>Into one buffer, which is the caller's to give back to the shared pool.</summary>
    private async Task<(byte[] Body, int Length)> ReadAsync(HttpRequest request, CancellationToken stopping)
    {
        var body = ArrayPool<byte>.Shared.Rent((int)Math.Clamp(request.ContentLength ?? 65_536, 1024, options.MaxRequestBytes));
        var length = 0;
        try
        {
            while (true)
            {
                if (length == body.Length)
                {
                    var larger = ArrayPool<byte>.Shared.Rent(body.Length * 2);
                    body.CopyTo(larger, 0);
                    ArrayPool<byte>.Shared.Return(body);
                    body = larger;
                }

                var read = await request.Body.ReadAsync(body.AsMemory(length), stopping);
                if (read == 0) return (body, length);
                length += read;
            }
        }
        catch
        {
            ArrayPool<byte>.Shared.Return(body);
            throw;
        }
    }

    private static async Task<WorkResult> AnswerAsync(HttpContext context, WorkResult result)
    {
        var status = result.Outcome switch
        {
            WorkOutcome.Mistaken => StatusCodes.Status400BadRequest,
            WorkOutcome.Full => StatusCodes.Status429TooManyRequests,
            WorkOutcome.Late => StatusCodes.Status503ServiceUnavailable,
            _ => StatusCodes.Status500InternalServerError,
        };
        if (status is 429 or 503) context.Response.Headers.RetryAfter = "1";
        await SayAsync(context, status, result.Sentence);
        return result;
    }

    private static Task SayAsync(HttpContext context, int status, string? error) => error is null ? WriteAsync(context, status, "application/json", default) : WriteAsync(context, status, "application/json", MetadataWriter.OfError(error));

    private static async Task WriteAsync(HttpContext context, int status, string type, ReadOnlyMemory<byte> body)
    {
        context.Response.StatusCode = status;
        context.Response.ContentLength = body.Length;
        if (body.Length == 0) return;
        context.Response.ContentType = type;
        await context.Response.Body.WriteAsync(body, context.RequestAborted);
    }

    [LoggerMessage(EventIds.CloudRequestFailed, LogLevel.Error, "A request failed in a way it should not; please report this.")]
    private static partial void Broke(ILogger log, Exception e);
}
