namespace EdgeVision.Module.Health;

/// <summary>Every family that `/metrics` writes.</summary>
internal static class Metrics
{
    public static readonly Metric Build = new("build_info", "gauge", "version", "Always 1; the label names the product's version.");
    public static readonly Metric Model = new("model_info", "gauge", "model, model_version, sha256", "Always 1; the labels name the model that looks.");
    public static readonly Metric Config = new("config_info", "gauge", "config_version", "Always 1; the label names the configuration in force, as events do.");
    public static readonly Metric Started = new("start_time_seconds", "gauge", "", "When the process started, Unix time.");

    public static readonly Metric CameraUp = new("camera_up", "gauge", "camera", "1 while the camera gives frames, otherwise 0.");
    public static readonly Metric Losses = new("camera_losses_total", "counter", "camera", "Times that the camera was lost, or could not be opened to begin with; attempts to open it again do not count.");
    public static readonly Metric Captured = new("camera_frames_captured_total", "counter", "camera", "Frames that the camera gave.");
    public static readonly Metric Inferred = new("camera_frames_inferred_total", "counter", "camera", "Frames that went through the detector.");
    public static readonly Metric Left = new("camera_frames_left_total", "counter", "camera, reason",
        "Frames that did not: dropped (detection was slower), paced (MaxFps), still (nothing moved), gated (the gate was closed), skipped (broken, or the model failed), missed (lost by driver or bus), corrupted (damaged).");
    public static readonly Metric Copied = new("camera_frames_copied_total", "counter", "camera", "Frames that had to be copied out of the driver's buffer: not lost, only dearer.");
    public static readonly Metric Fps = new("camera_inferred_fps", "gauge", "camera", "Frames a second through the detector, mean of the run.");
    public static readonly Metric Detections = new("camera_detections_total", "counter", "camera", "Objects detected, after all filters.");
    public static readonly Metric Events = new("camera_events_total", "counter", "camera", "Events of the camera that went into the outbox.");
    public static readonly Metric Stage = new("stage_seconds", "histogram", "camera, stage", "Time of a frame in each stage: wait (capture until taken), decode, preprocess, infer, postprocess.");
    public static readonly Metric Triggers = new("trigger_shots_total", "counter", "camera, outcome", "What became of a trigger's pulses.");
    public static readonly Metric TriggerDifference = new("trigger_difference_seconds", "histogram", "camera", "Between a pulse and the begin of its frame's exposure, without sign.");

    public static readonly Metric OutboxAppended = new("outbox_appended_total", "counter", "", "Events that are on disk since the start.");
    public static readonly Metric OutboxSequence = new("outbox_last_sequence", "gauge", "", "Sequence of the newest event on disk.");
    public static readonly Metric OutboxBytes = new("outbox_bytes", "gauge", "", "Size of the outbox's file and its log.");
    public static readonly Metric OutboxWritable = new("outbox_writable", "gauge", "", "0 while the disk refuses events, otherwise 1.");
    public static readonly Metric OutboxFailures = new("outbox_write_failures_total", "counter", "", "Writes that the disk refused, repeated ones too; the events wait in memory.");
    public static readonly Metric OutboxHeld = new("outbox_held", "gauge", "family", "Events on disk, delivered or not.");
    public static readonly Metric OutboxUsed = new("outbox_used_bytes", "gauge", "", "Pages of the outbox's file that are in use: what Outbox:MaxBytes limits.");
    public static readonly Metric OutboxEvicted = new("outbox_evicted_total", "counter", "family", "Events given up before every sink had them: the outbox was at its limit, or the disk refused for too long.");
    public static readonly Metric OutboxInMemory = new("outbox_in_memory", "gauge", "", "Events that wait in memory because the disk refuses; a power cut loses them.");
    public static readonly Metric OutboxAge = new("outbox_oldest_age_seconds", "gauge", "", "For how long the oldest event has been held, to a minute.");
    public static readonly Metric OutboxDead = new("outbox_dead_letters", "gauge", "", "Events kept that a sink refused for good.");
    public static readonly Metric OutboxDeadDropped = new("outbox_dead_letters_dropped_total", "counter", "", "Dead letters that newer ones took the place of.");
    public static readonly Metric SinkDepth = new("sink_depth", "gauge", "sink", "Events on disk that this sink does not have yet.");
    public static readonly Metric SinkAccepted = new("sink_accepted_total", "counter", "sink", "Events that the other side has acknowledged.");
    public static readonly Metric SinkRejected = new("sink_rejected_total", "counter", "sink", "Events that it refused for good; they are dead letters.");
    public static readonly Metric SinkRetries = new("sink_retries_total", "counter", "sink", "Attempts that had to be made again.");
    public static readonly Metric SinkFailing = new("sink_failing", "gauge", "sink", "1 while the last attempt has to be made again, otherwise 0.");
    public static readonly Metric SinkLatency = new("sink_latency_seconds", "histogram", "sink", "From capture until the sink acknowledged the event.");

    public static readonly Metric Pictures = new("evidence_pictures_total", "counter", "outcome",
        "Pictures of events: kept (on disk), not_kept (the event went without), sent (in their container), refused (not taken for good), lost (gone by retention before they were sent).");
    public static readonly Metric PicturesWaiting = new("evidence_waiting", "gauge", "", "Pictures of events on disk that are yet to be sent.");

    public static readonly Metric CloudAsked = new("cloud_questions_total", "counter", "reason", "Questions to the cloud: uncertain, class, audit.");
    public static readonly Metric CloudHeldBack = new("cloud_held_back_total", "counter", "limit", "Questions that were worth asking and kept back: gap, calls, bytes, queue (others wait), picture (none may leave), breaker (the cloud fails).");
    public static readonly Metric CloudVerdicts = new("cloud_verdicts_total", "counter", "outcome", "Verdicts that became events: confirmed, corrected, rejected, foundMore.");
    public static readonly Metric CloudFailed = new("cloud_failures_total", "counter", "outcome", "Questions without a verdict: failed, or late.");
    public static readonly Metric CloudBytes = new("cloud_sent_bytes_total", "counter", "", "Bytes of the pictures that were sent.");
    public static readonly Metric CloudLatency = new("cloud_latency_seconds", "histogram", "", "From a question to its answer.");

    public static readonly Metric HubConnected = new("hub_connected", "gauge", "", "1 while the link to IoT Hub or edgeHub is up, otherwise 0; only with a hub.");
    public static readonly Metric HubConnects = new("hub_connects_total", "counter", "", "Links to the hub that came about.");
    public static readonly Metric HubSince = new("hub_state_seconds", "gauge", "state", "How long the link has been in this state.");

    public static readonly Metric HubMessages = new("hub_messages_total", "counter", "camera", "Messages that the hub acknowledged; the node's own events have the camera `events`.");
    public static readonly Metric HubBlocks = new("hub_blocks_total", "counter", "camera", "Blocks of 4 KB that IoT Hub meters for them.");

    public static readonly Metric Cpu = new("process_cpu_seconds_total", "counter", "", "Processor time of the process.");
    public static readonly Metric Rss = new("process_resident_memory_bytes", "gauge", "", "Memory that the process holds.");
    public static readonly Metric Heap = new("process_managed_heap_bytes", "gauge", "", "The part of it that the garbage collector manages.");
    public static readonly Metric Collections = new("process_collections_total", "counter", "generation", "Garbage collections.");
    public static readonly Metric Files = new("process_open_fds", "gauge", "", "Open file descriptors.");
    public static readonly Metric Threads = new("process_threads", "gauge", "", "Threads of the process.");

    /// <summary>In the order of the page.</summary>
    public static readonly IReadOnlyList<Metric> All =
    [
        Build, Model, Config, Started,
        CameraUp, Losses, Captured, Inferred, Left, Copied, Fps, Detections, Events, Stage, Triggers, TriggerDifference,
        OutboxAppended, OutboxSequence, OutboxBytes, OutboxWritable, OutboxFailures, OutboxHeld, OutboxUsed, OutboxEvicted, OutboxInMemory, OutboxAge, OutboxDead, OutboxDeadDropped, SinkDepth, SinkAccepted, SinkRejected, SinkRetries, SinkFailing, SinkLatency,
        Pictures, PicturesWaiting,
        CloudAsked, CloudHeldBack, CloudVerdicts, CloudFailed, CloudBytes, CloudLatency,
        HubConnected, HubConnects, HubSince, HubMessages, HubBlocks,
        Cpu, Rss, Heap, Collections, Files, Threads,
    ];
}
