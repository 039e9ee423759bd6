namespace EdgeVision;

/// <summary>Ids of log events, in blocks, each with its owner. A test proves them unique and named; a number is never used twice.</summary>
public static class EventIds
{
    // 100–119 Frames and camera loop
    public const int CameraStarted = 100;
    public const int CameraEnded = 101;
    public const int FramesDropped = 102;
    public const int FramesSkipped = 103;
    public const int FrameSkipped = 104;
    public const int JpegDecoder = 110;

    // 120–139 V4L2. Still free: 140–149 ffmpeg and OpenCV, 150–159 masks and motion
    public const int FramesMissed = 120;
    public const int FramesCorrupted = 121;
    public const int ControlSet = 135;
    public const int ControlNotSet = 136;

    // 160–169 GPIO lines
    public const int GpioOpened = 160;

    // 170–179 Triggers
    public const int PulsesUnanswered = 170;
    public const int StrobeFailed = 171;
    public const int StrobeRecovered = 172;

    // 180–199 Outputs, gates, status light
    public const int GateChanged = 180;
    public const int GateFailed = 181;
    public const int GateRecovered = 182;
    public const int OutputSwitched = 183;
    public const int OutputFailed = 184;
    public const int OutputRecovered = 185;
    public const int OutputNotSafe = 186;
    public const int NodeStatusChanged = 187;

    // 200–299 Inference and models
    public const int ModelLoaded = 200;
    public const int InferenceFailed = 201;
    public const int InferenceRecovered = 202;
    public const int ProviderFallback = 203;
    public const int OptimisedModelStored = 204;
    public const int OptimisedModelReplaced = 205;
    public const int OptimisedModelUnusable = 206;
    public const int ModelAssumed = 290;

    // 300–399 Outbox and delivery
    public const int OutboxOpened = 300;
    public const int OutboxWriteFailed = 301;
    public const int OutboxWriteRecovered = 302;
    public const int DeliveryStarted = 303;
    public const int DeliveryRetry = 304;
    public const int DeliveryRecovered = 305;
    public const int EventRejected = 306;
    public const int OutboxClosedWithLoss = 307;
    public const int EventRejectedMore = 308;

    // 310–329 Outbox: quota, damage, upgrades
    public const int EventsEvicted = 310;
    public const int OutboxReplaced = 311;
    public const int OutboxMigrated = 312;
    public const int OutboxNotBackedUp = 313;
    public const int OutboxHoldsInMemory = 314;
    public const int DeadLettersDropped = 315;
    public const int OutboxDamaged = 316;

    // 330–339 Order of delivery
    public const int BacklogFound = 330;
    public const int ReplayAsked = 331;

    // 350–369 Evidence
    public const int EvidenceLostUnsent = 350;
    public const int EvidenceNotKept = 351;
    public const int EvidenceUploadWaits = 352;
    public const int EvidenceUploadRecovered = 353;
    public const int EvidenceRefused = 354;

    // 370–399 Fallback: questions to the cloud
    public const int CloudAway = 370;
    public const int CloudBack = 371;
    public const int CloudUnusable = 372;
    public const int QuestionNotAsked = 373;

    // 400–449 MQTT
    public const int MqttConnected = 400;
    public const int MqttDisconnected = 401;
    public const int BrokerStarted = 402;
    public const int BrokerPortTaken = 403;
    public const int BrokerClientRefused = 404;
    public const int BrokerConsumerSlow = 405;
    public const int BrokerPacketTooLarge = 406;
    public const int MqttStatusRefused = 410;
    public const int MqttClosedHard = 411;
    public const int MqttStructuredOnly = 412;
    public const int MqttDeskAway = 420;
    public const int MqttDeskNotHeard = 421;
    public const int MqttCommandRetained = 422;
    public const int MqttResponseTopicBad = 423;
    public const int MqttCorrelationBad = 424;
    public const int MqttAnswerNotSent = 425;
    public const int HomeAssistantLabelUnknown = 430;

    // 450–459 IoT Hub and edgeHub
    public const int HubConnected = 450;
    public const int HubLost = 451;
    public const int HubTokenRenewed = 452;

    // 460–469 and 490–499 Commands: methods, the input `commands`
    public const int CommandAnswered = 460;
    public const int CommandBroke = 461;
    public const int CommandLate = 462;
    public const int AnswerNotSent = 463;
    public const int InputCommandAnswered = 464;
    public const int InputRefused = 465;
    public const int LogLevelChanged = 466;
    public const int CameraPauseChanged = 467;
    public const int DiagnosisFound = 468;
    public const int Diagnosed = 469;
    public const int ModelNotReloaded = 490;
    public const int InputUnknown = 491;

    // 470–479 Health and metrics
    public const int HttpListens = 470;
    public const int HttpPortTaken = 471;

    // 700–749 The inference server
    public const int CloudModelNotServed = 700;
    public const int CloudModelTwice = 701;
    public const int CloudListens = 702;
    public const int CloudDrains = 703;
    public const int CloudRequestFailed = 704;

    // 770–789 Rollout of models
    public const int ModelStillBusy = 770;
    public const int RolloutStep = 771;
    public const int RolloutRefused = 772;
    public const int RolloutNotKept = 773;
    public const int ModelQuarantined = 774;
    public const int RolloutWaits = 775;
    public const int RolloutFileUnusable = 776;
    public const int RolloutNotChanged = 777;
    public const int RolloutCompared = 778;

    // 480–489 Twin and live settings
    public const int TwinNotRead = 480;
    public const int TwinNotTaken = 481;
    public const int TwinGarbled = 482;
    public const int TwinAccepted = 483;
    public const int TwinRejected = 484;
    public const int TwinKept = 485;
    public const int TwinNotKept = 486;
    public const int TwinFileUnusable = 487;
    public const int ModelExchanged = 488;

    // 500–599 Module: supervision, configuration
    public const int TaskFailed = 500;
    public const int TaskBroke = 501;
    public const int ConfigurationLoaded = 502;
    public const int Stopping = 503;
    public const int Stopped = 504;
    public const int TaskLeftBehind = 505;
    public const int NotShown = 506;
    public const int Draining = 507;
    public const int EventsKept = 508;

    // 750–769 Models that come from elsewhere
    public const int ModelDownloadInterrupted = 750;
    public const int ModelDownloadRestarted = 751;
    public const int ModelsNotMarked = 752;
}
