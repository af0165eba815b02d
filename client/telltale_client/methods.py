"""The methods of the contract that this package calls."""

from __future__ import annotations

from google.api import httpbody_pb2
from google.longrunning import operations_pb2
from google.protobuf import empty_pb2

from telltale.gateway.v1 import analysis_service_pb2 as analysis_service
from telltale.gateway.v1 import feedback_service_pb2 as feedback_service
from telltale.gateway.v1 import key_service_pb2 as key_service
from telltale.gateway.v1 import media_service_pb2 as media_service
from telltale.gateway.v1 import resources_pb2 as resources
from telltale.gateway.v1 import share_service_pb2 as share_service
from telltale_client.effects import Method

_GATEWAY = "/telltale.gateway.v1."
_MEDIA, _ANALYSIS, _SHARE = f"{_GATEWAY}MediaService/", f"{_GATEWAY}AnalysisService/", f"{_GATEWAY}ShareService/"
_FEEDBACK, _OPERATION = f"{_GATEWAY}FeedbackService/", f"{_GATEWAY}OperationService/"
_OPERATIONS = "/google.longrunning.Operations/"

UPLOAD_MEDIA = Method(f"{_MEDIA}UploadMedia", resources.Media)
GET_MEDIA = Method(f"{_MEDIA}GetMedia", resources.Media)
LIST_MEDIA = Method(f"{_MEDIA}ListMedia", media_service.ListMediaResponse)
DOWNLOAD_MEDIA = Method(f"{_MEDIA}DownloadMedia", httpbody_pb2.HttpBody)
DELETE_MEDIA = Method(f"{_MEDIA}DeleteMedia", media_service.DeleteMediaResponse)
CONTRIBUTE_MEDIA = Method(f"{_MEDIA}ContributeMedia", resources.Contribution)
DELETE_CONTRIBUTION = Method(f"{_MEDIA}DeleteContribution", media_service.DeleteContributionResponse)
ANALYZE_MEDIA = Method(f"{_ANALYSIS}AnalyzeMedia", resources.Analysis)
ANALYZE_STORED_MEDIA = Method(f"{_ANALYSIS}AnalyzeStoredMedia", resources.Analysis)
CREATE_ANALYSIS = Method(f"{_ANALYSIS}CreateAnalysis", operations_pb2.Operation)
BATCH_CREATE_ANALYSES = Method(f"{_ANALYSIS}BatchCreateAnalyses", analysis_service.BatchCreateAnalysesResponse)
GET_ANALYSIS = Method(f"{_ANALYSIS}GetAnalysis", resources.Analysis)
LIST_ANALYSES = Method(f"{_ANALYSIS}ListAnalyses", analysis_service.ListAnalysesResponse)
DELETE_ANALYSIS = Method(f"{_ANALYSIS}DeleteAnalysis", analysis_service.DeleteAnalysisResponse)
GET_REPORT = Method(f"{_ANALYSIS}GetReport", analysis_service.GetReportResponse)
GET_MAP = Method(f"{_ANALYSIS}GetMap", analysis_service.GetMapResponse)
CREATE_SHARE = Method(f"{_SHARE}CreateShare", resources.Share)
LIST_SHARES = Method(f"{_SHARE}ListShares", share_service.ListSharesResponse)
DELETE_SHARE = Method(f"{_SHARE}DeleteShare", share_service.DeleteShareResponse)
SET_FEEDBACK = Method(f"{_FEEDBACK}SetFeedback", resources.Feedback)
GET_FEEDBACK = Method(f"{_FEEDBACK}GetFeedback", resources.Feedback)
LIST_FEEDBACK = Method(f"{_FEEDBACK}ListFeedback", feedback_service.ListFeedbackResponse)
DELETE_FEEDBACK = Method(f"{_FEEDBACK}DeleteFeedback", feedback_service.DeleteFeedbackResponse)
WATCH_OPERATION = Method(f"{_OPERATION}WatchOperation", operations_pb2.Operation)
WAIT_OPERATION = Method(f"{_OPERATION}WaitOperation", operations_pb2.Operation)
GET_OPERATION = Method(f"{_OPERATIONS}GetOperation", operations_pb2.Operation)
LIST_OPERATIONS = Method(f"{_OPERATIONS}ListOperations", operations_pb2.ListOperationsResponse)
CANCEL_OPERATION = Method(f"{_OPERATIONS}CancelOperation", empty_pb2.Empty)
DELETE_OPERATION = Method(f"{_OPERATIONS}DeleteOperation", empty_pb2.Empty)
LIST_SIGNING_KEYS = Method(f"{_GATEWAY}KeyService/ListSigningKeys", key_service.ListSigningKeysResponse)
