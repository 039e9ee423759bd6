using EdgeVision.Models;
using Microsoft.Extensions.Logging;
using Microsoft.ML.OnnxRuntime;

namespace EdgeVision.Onnx;

/// <summary>Opens the sessions of a model: on the provider that is asked for, from the optimised copy of earlier starts where there is one.</summary>
internal sealed partial class SessionOpener(ModelPackage package, OnnxOptions options, int threads, string? cacheFolder, ILogger log)
{
    /// <exception cref="ModelException">ONNX Runtime refuses the model, or the provider is missing and may not be replaced.</exception>
    public SessionPool Open()
    {
        if (options.Provider == ExecutionProvider.Cpu) return OpenOn(ExecutionProvider.Cpu);
        var word = ExecutionProviders.Word(options.Provider);
        if (TryOpen(options.Provider, out var reason) is { } pool) return pool;
        if (!options.ProviderFallback)
            throw new ModelException($"Provider '{word}' cannot run model '{package.Manifest.Name}': {reason}. Install a native ONNX Runtime with '{word}', or set EdgeVision:Inference:Provider to 'cpu' or ProviderFallback to true.");
        FellBack(log, word, package.Manifest.Name, reason!);
        return OpenOn(ExecutionProvider.Cpu);
    }

    private SessionPool? TryOpen(ExecutionProvider provider, out string? reason)
    {
        reason = ExecutionProviders.WhyMissing(provider);
        if (reason is not null) return null;
        try
        {
            return OpenOn(provider);
        }
        catch (Exception e) when (e is OnnxRuntimeException or ModelException or NotSupportedException or EntryPointNotFoundException or DllNotFoundException)
        {
            reason = OrtMessage.FirstLine(e.Message);
            return null;
        }
    }

    private SessionPool OpenOn(ExecutionProvider provider)
    {
        var sessions = new List<InferenceSession>();
        try
        {
            // What other providers compile cannot be written down.
            var cache = cacheFolder is not null && provider == ExecutionProvider.Cpu && IsSmallEnough()
                ? new OptimisedModelCache(cacheFolder, package.Manifest.Sha256, $"{GraphOptimizationLevel.ORT_ENABLE_ALL} {ExecutionProviders.Word(provider)}", log)
                : null;
            var stored = cache is null ? null : OpenStored(cache, sessions);
            while (sessions.Count < Math.Max(1, options.Sessions)) sessions.Add(stored is null ? OpenWeights(provider) : OpenBytes(stored));
            cache?.Report();
            return new SessionPool([.. sessions], stored);
        }
        catch
        {
            sessions.ForEach(static s => s.Dispose());
            throw;
        }
    }

    /// <summary>Weights of 16 bits are stored as 32, so the optimised model may have twice their size.</summary>
    private bool IsSmallEnough() => new FileInfo(package.WeightsPath).Length <= OptimisedModelFile.MaxBytes / 2;

    /// <summary>
    /// The optimised model, of an earlier start or made now, with a first session from it: what ONNX Runtime does not open today shall not lie
    /// there tomorrow. Null, and no session, when there is none.
    /// </summary>
    private byte[]? OpenStored(OptimisedModelCache cache, List<InferenceSession> sessions)
    {
        if (cache.Read() is { } stored && TryAdd(stored)) return stored;
        return cache.Store(SaveOptimised) is { } made && TryAdd(made) ? made : null;

        bool TryAdd(byte[] bytes)
        {
            try
            {
                sessions.Add(OpenBytes(bytes));
                return true;
            }
            catch (OnnxRuntimeException e)
            {
                cache.Discard($"ONNX Runtime refuses it ({OrtMessage.FirstLine(e)})");
                return false;
            }
        }
    }

    private void SaveOptimised(string path)
    {
        using var saving = Options(ExecutionProvider.Cpu);
        saving.OptimizedModelFilePath = path;
        saving.AddSessionConfigEntry("session.save_model_format", "ORT");
        new InferenceSession(package.WeightsPath, saving).Dispose();
    }

    /// <param name="stored">Not copied: all sessions read their weights from it, for as long as they live.</param>
    private InferenceSession OpenBytes(byte[] stored)
    {
        using var session = Options(ExecutionProvider.Cpu, GraphOptimizationLevel.ORT_DISABLE_ALL);
        session.AddSessionConfigEntry("session.use_ort_model_bytes_directly", "1");
        session.AddSessionConfigEntry("session.use_ort_model_bytes_for_initializers", "1");
        return new InferenceSession(stored, session);
    }

    private InferenceSession OpenWeights(ExecutionProvider provider)
    {
        using var session = Options(provider);
        try
        {
            return new InferenceSession(package.WeightsPath, session);
        }
        catch (OnnxRuntimeException e)
        {
            throw new ModelException($"Weights '{package.WeightsPath}' are refused by ONNX Runtime ({OrtMessage.FirstLine(e)}); an ONNX model was expected. Export it again.", e);
        }
    }

    private SessionOptions Options(ExecutionProvider provider, GraphOptimizationLevel optimisation = GraphOptimizationLevel.ORT_ENABLE_ALL)
    {
        var session = new SessionOptions
        {
            IntraOpNumThreads = threads,
            InterOpNumThreads = 1,
            ExecutionMode = ExecutionMode.ORT_SEQUENTIAL,
            GraphOptimizationLevel = optimisation,
            LogSeverityLevel = OrtLoggingLevel.ORT_LOGGING_LEVEL_ERROR,
        };
        try
        {
            // Spinning threads wait by burning: with a busy neighbour it halved the frame rate and tripled p95, quiet it gains at most 12 %.
            session.AddSessionConfigEntry("session.intra_op.allow_spinning", "0");
            session.AddSessionConfigEntry("session.inter_op.allow_spinning", "0");
            ExecutionProviders.Append(session, provider);
            return session;
        }
        catch
        {
            session.Dispose();
            throw;
        }
    }

    [LoggerMessage(EventIds.ProviderFallback, LogLevel.Warning, "Provider '{Provider}' cannot run model {Model}: {Reason}. The processor does it, more slowly, as ProviderFallback allows.")]
    private static partial void FellBack(ILogger log, string provider, string model, string reason);
}
